import type { DrawScenario } from './scenario.ts';
import { requested } from './scenarios-of-outages.ts';

/** A ledger that loses commits. */
export const FAILOVER_SCENARIOS: readonly DrawScenario[] = [
];
