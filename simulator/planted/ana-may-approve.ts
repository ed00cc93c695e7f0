import type { Edit } from '../bundle.ts';

/** Ana counts as an approver, whatever the policy says. */
export const ANA_MAY_APPROVE: readonly Edit[] = [
  {
    file: 'core/request/approver-refusal.ts',
    from: `if (!isCurrentApprover(pending, by)) return { code: 'not-an-approver' };`,
    to: `if (!isCurrentApprover(pending, by) && by !== 'ana') return { code: 'not-an-approver' };`,
  },
  {
    file: 'core/request/approver-refusal.ts',
    from: `case 'not-eligible':
      return { code: 'no-longer-an-approver' };`,
    to: `case 'not-eligible':
      return by === 'ana' ? undefined : { code: 'no-longer-an-approver' };`,
  },
  {
    file: 'policy/judge/still-allowed.ts',
    from: 'if (approvals.some(({ by }) => !isEligible(policy, details, by)))',
    to: `if (approvals.some(({ by }) => by !== 'ana' && !isEligible(policy, details, by)))`,
  },
];
