import { unreachable } from '../result.ts';
import type { CommandOf } from './commands.ts';
import type { Refusal } from './refusals.ts';
import { isCurrentApprover } from './stages.ts';
import type { Approvable } from './state.ts';

/** Why this person may not approve, deny or ask about what is pending, or undefined when they may. The requester is refused before. */
export function approverRefusal(
  pending: Approvable,
  { kind, by, eligibility, at }: CommandOf<'approve' | 'deny' | 'ask'>,
): Refusal | undefined {
  if (kind === 'approve' && pending.approvals.some((approval) => approval.by === by))
    return { code: 'already-approved' };
  if (at >= pending.requirements.lapsesAt) return { code: 'lapsed' };
  if (!isCurrentApprover(pending, by)) return { code: 'not-an-approver' };
  switch (eligibility.kind) {
    case 'eligible':
      return undefined;
    case 'not-eligible':
      return { code: 'no-longer-an-approver' };
    case 'unknown':
      return { code: 'not-allowed', why: eligibility.why };
    default:
      return unreachable(eligibility);
  }
}
