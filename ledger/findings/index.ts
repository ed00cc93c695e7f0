import type { Bound } from '../bind.ts';
import {
  takeAccessCheck,
  endAccessCheck,
  checkSoon,
  noteRepaired,
  recordGone,
  claimRemoval,
  releaseRemoval,
} from './access-checks.ts';
import { adoptReason, decideFinding, takeFindingWork, endFindingWork, raisePrior } from './decisions.ts';
import { takeFindingMessage, endFindingMessage } from './finding-messages.ts';
import { recordFindings, seeStanding, closeGone, closeExplained } from './findings.ts';
import { knownAt } from './known-accesses.ts';
import { planPasses, targetsOfLeases, takePass, endPass, hasBaseline, passes } from './passes.ts';
import { takeCalls } from './read-budget.ts';
import { readFinding, findingsEndingIn, listFindings } from './read-findings.ts';
import { removalsAt } from './removals.ts';

export type { AccessCheck, EndedCheck, RemovalClaim } from './access-checks.ts';
export type { EndedWork, FindingDecision, FindingWork } from './decisions.ts';
export type { NewFinding } from './findings.ts';
export type { FindingFilter } from './read-findings.ts';
export type { FindingMessage } from './finding-messages.ts';
export type { KnownAtTarget } from './known-accesses.ts';
export type { PassSummary, PlannedTarget, TargetPass } from './passes.ts';

/** The part of the ledger about looks at access after its grant and its end, and about what they find. */
export const FINDINGS = {
  query: {
    takeAccessCheck,
    endAccessCheck,
    checkSoon,
    noteRepaired,
    recordGone,
    takeCalls,
    planPasses,
    targetsOfLeases,
    takePass,
    endPass,
    hasBaseline,
    passes,
    knownAt,
    removalsAt,
    releaseRemoval,
    seeStanding,
    closeGone,
    closeExplained,
    readFinding,
    findingsEndingIn,
    listFindings,
    adoptReason,
    takeFindingWork,
    endFindingMessage,
  },
  tx: { claimRemoval, recordFindings, endFindingWork, raisePrior, takeFindingMessage },
  judged: { decideFinding },
};

export interface FindingsLedger extends Bound<typeof FINDINGS> {}
