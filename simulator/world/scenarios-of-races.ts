import type { DrawScenario } from './scenario.ts';
import { requested } from './scenarios-of-outages.ts';

/** Changes that come together. */
export const RACE_SCENARIOS: readonly DrawScenario[] = [
];
