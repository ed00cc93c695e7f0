export { asPerson, type SimulatedPerson as Actor } from './simulated-person.ts';
