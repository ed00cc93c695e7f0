export { incompleteBefore, purges, reachesBefore } from './purged.ts';
export {
  type AccessSubject,
  type AccessTime,
  type AccountOf,
  allAccess,
  whatWasHeld,
  whoHadAccess,
} from './access.ts';
export { accessAsked, accessOf, type AskedAbout, ungrantedAsked, unlookedAt } from './asked-access.ts';
export { answerPage, answerRows } from './answer.ts';
export { approvalPairs, approvalsBy, fastApprovals, selfApprovals } from './approvals.ts';
export { grants } from './grants.ts';
export {
  approvals,
  drift,
  findingDecisions,
  findings,
  massEndings,
  policies,
  policyGains,
  readings,
  readingsInLog,
  refusals,
} from './happenings.ts';
export {
  numberLines,
  type Numbers,
  numbersOf,
  numbersQuestion,
  type NumbersRow,
  type NumbersTime,
  type TableName,
  wholePeriod,
  type WholePeriod,
} from './numbers.ts';
export { overstays } from './overstays.ts';
export type { Period } from './period.ts';
export { decisionsOfReview, reviewDecisions, reviewLines, reviews } from './reviews.ts';
export { countRequests, MOST_COUNTED, requestPage, type RequestQuestion, requestRows } from './requests.ts';
