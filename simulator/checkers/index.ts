import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { containmentViolations } from './containment.ts';
import { decisionViolations, restViolations } from './decisions.ts';
import { heldViolations } from './held.ts';
import { standingViolations } from './standing.ts';
import { grantViolations } from './grants.ts';
import { toldViolations } from './told.ts';
import type { Violation } from './violation.ts';

export type { Violation } from './violation.ts';

/** Every promise that was broken, from the vendor's own log and from what people did and read. */
export const violationsOf = (facts: Facts, log: readonly Entry[], end: number): readonly Violation[] => [
  ...containmentViolations(facts, log, end),
  ...standingViolations(facts, log, end),
  ...heldViolations(facts, log),
  ...toldViolations(facts, log),
  ...grantViolations(facts, log),
  ...decisionViolations(facts),
  ...restViolations(facts, end),
];
