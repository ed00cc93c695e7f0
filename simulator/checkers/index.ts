import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { containmentViolations, seconds } from './containment.ts';
import { decisionViolations, restViolations } from './decisions.ts';
import { heldViolations } from './held.ts';
import { leftViolations, lossViolations } from './standing.ts';
import { grantViolations } from './grants.ts';
import { toldViolations } from './told.ts';
import type { Violation } from './violation.ts';

export type { Violation } from './violation.ts';

/** Until when the checkers look. Some promises are kept only in the end, when the world is at rest. */
export type Look = Readonly<{ at: number; isAtRest: boolean }>;

/** Every promise that was broken until then, from the vendor's own log and from what people did and read. */
export const violationsOf = (
  facts: Facts,
  log: readonly Entry[],
  { at, isAtRest }: Look,
): readonly Violation[] => [
  ...containmentViolations(facts, log, at),
  ...lossViolations(facts, log),
  ...(isAtRest ? leftViolations(facts, log, at) : []),
  ...heldViolations(facts, log, at),
  ...toldViolations(facts, log),
  ...grantViolations(facts, log),
  ...decisionViolations(facts),
  ...(isAtRest ? restViolations(facts, at) : []),
  ...failureViolations(facts),
];

/** No error of its own ends a process of Curfew. */
const failureViolations = (facts: Facts): readonly Violation[] =>
  facts.failures.map(({ at, process, why }) => ({
    checker: 'alive',
    what: `${process} ends at ${seconds(facts, at)} by itself: ${why}`,
  }));
