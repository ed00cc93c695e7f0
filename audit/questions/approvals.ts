import type { PersonId } from '../../core/ids.ts';
import type { AuditQuery } from '../../ledger/index.ts';
import { type Period, within } from './period.ts';

/** Everything that a person approved: requests and extensions. */
export const approvalsBy = (person: PersonId, period: Period = {}): AuditQuery => ({
  view: 'approval',
  where: [{ kind: 'is', column: 'person', value: person }, ...within('at', period)],
});

/** Everything that was approved in less than `seconds` after it could be approved. */
export const fastApprovals = (seconds: number, period: Period = {}): AuditQuery => ({
  view: 'approval',
  where: [{ kind: 'under', column: 'seconds', value: seconds }, ...within('at', period)],
});

/** Everything that the requester approved. There should be none: it is refused (`own-request`). */
export const selfApprovals = (period: Period = {}): AuditQuery => ({
  view: 'approval',
  where: [{ kind: 'same', column: 'person', other: 'requester' }, ...within('at', period)],
});

/** Pairs of people who approved requests or extensions of each other, whenever that was. */
export const approvalPairs = (): AuditQuery => ({ view: 'approval_pair', where: [] });
