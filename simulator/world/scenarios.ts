import { randomOf } from './random.ts';
import type { Scenario, Scenarios } from './scenario.ts';
import { FAILOVER_SCENARIOS } from './scenarios-of-failovers.ts';
import { HAND_SCENARIOS } from './scenarios-of-hands.ts';
import { OUTAGE_SCENARIOS } from './scenarios-of-outages.ts';
import { RACE_SCENARIOS } from './scenarios-of-races.ts';

const SCENARIOS: Scenarios = {
  ...OUTAGE_SCENARIOS,
  ...HAND_SCENARIOS,
  ...RACE_SCENARIOS,
  ...FAILOVER_SCENARIOS,
};

/** The first seed of each scenario, and how many it has. */
export const SCENARIO_SEEDS: readonly number[] = Object.keys(SCENARIOS).map(Number);
export const SEEDS_OF_A_SCENARIO = 1_000;

/**
 * The scenario of a seed: those from 1000 on are of the first one, those from 2000 on of the second, and so on. Other seeds have
 * none: what happens in them is drawn, and seldom meets the conditions of a scenario.
 */
export function scenarioOf(seed: number): Scenario | undefined {
  const draw = SCENARIOS[Math.floor(seed / SEEDS_OF_A_SCENARIO) * SEEDS_OF_A_SCENARIO];
  if (!draw) return undefined;
  return {
    windows: [],
    incidents: [],
    aims: [],
    hasReaper: false,
    consistencyWindowMs: 0,
    ...draw(randomOf(seed, 'scenario')),
  };
}
