import type { FaultPlan } from './faults.ts';
import { type Random, randomOf } from './random.ts';
import { FAILOVER_SCENARIOS } from './scenarios-of-failovers.ts';
import { OUTAGE_SCENARIOS } from './scenarios-of-outages.ts';
import { HAND_SCENARIOS } from './scenarios-of-hands.ts';
import { RACE_SCENARIOS } from './scenarios-of-races.ts';

/** A request that people make in a scenario. Times are in milliseconds: `atMs` since the beginning, the others after what comes before. */
export type ScriptedRequest = Readonly<{
  atMs: number;
  by: 'ana' | 'dee';
  entitlement: string;
  minutes: number;
  /** After its card was read. */
  approvedAfterMs: number;
  /** After people read that it is being granted. */
  endedAfterMs?: number;
}>;

/** What people request, and what goes wrong at which time of it. */
export type Scenario = Readonly<{ requests: readonly ScriptedRequest[] }> & Omit<FaultPlan, 'skewOf'>;

/** Draws what differs between the seeds of one scenario. What it leaves out goes well. */
type DrawScenario = (
  random: Random,
) => Partial<Scenario> & Readonly<{ requests: readonly ScriptedRequest[] }>;

/** Scenarios by their first seed. Each has the next 1000 seeds. */
export type Scenarios = Readonly<Record<number, DrawScenario>>;

const SCENARIOS: Scenarios = {
  ...OUTAGE_SCENARIOS,
  ...HAND_SCENARIOS,
  ...RACE_SCENARIOS,
  ...FAILOVER_SCENARIOS,
};

/**
 * The scenario of a seed: those from 1000 on are of the first one, those from 2000 on of the second, and so on. Other seeds have
 * none: what happens in them is drawn, and seldom meets the conditions of a scenario.
 */
export function scenarioOf(seed: number): Scenario | undefined {
  const draw = SCENARIOS[Math.floor(seed / 1_000) * 1_000];
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
