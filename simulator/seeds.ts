import { THEMES } from './world/fault-kinds.ts';
import { SCENARIO_SEEDS, scenarioOf, SEEDS_OF_A_SCENARIO } from './world/scenarios.ts';

/** `scenarios` is how many seeds of each scenario come after the others. */
type Wanted = Readonly<{ first: number; count: number; every: number; scenarios: number }>;

/**
 * The seeds of a run. Where the first one is of no scenario, those of scenarios are left out of its count. The seeds of each scenario
 * begin at another one with another first seed.
 */
export function seedsOf({ first, count, every, scenarios }: Wanted): readonly number[] {
  const isDrawn = (seed: number): boolean =>
    scenarioOf(first) !== undefined || scenarioOf(seed) === undefined;
  const drawn: number[] = [];
  for (let seed = first; drawn.length < count; seed += every) if (isDrawn(seed)) drawn.push(seed);
  const from = (first - 1) % (SEEDS_OF_A_SCENARIO - scenarios + 1);
  const each = Array.from({ length: scenarios }, (_each, index) => from + index);
  return [...drawn, ...SCENARIO_SEEDS.flatMap((base) => each.map((index) => base + index))];
}

/** Seeds in which the same goes wrong as in this one: this one, and then others of its scenario or its theme. */
export function seedsLike(seed: number, count: number): readonly number[] {
  const first = scenarioOf(seed) ? seed - (seed % SEEDS_OF_A_SCENARIO) : seed % THEMES.length;
  const every = scenarioOf(seed) ? 1 : THEMES.length;
  return [seed, ...seedsOf({ first, count, every, scenarios: 0 }).filter((each) => each !== seed)];
}

/** A first seed that nobody chose, above those of the scenarios. */
export const freshSeed = (): number => 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
