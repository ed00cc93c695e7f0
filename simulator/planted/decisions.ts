import { ANA_MAY_APPROVE } from './ana-may-approve.ts';
import type { PlantedBug } from './bug.ts';

/** Mistakes in who decides, and for how long. */
export const DECISION_BUGS: readonly PlantedBug[] = [
  {
    name: 'one-approver-counts-twice',
    ids: 'I9, B21',
    what: 'Two clicks of one person are two approvals.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: `if (kind === 'approve' && state.approvals.some((approval) => approval.by === by))`,
        to: `if (kind === 'approve' && state.approvals.length > 9)`,
      },
      {
        file: 'core/request/approver-refusal.ts',
        from: `if (kind === 'approve' && pending.approvals.some((approval) => approval.by === by))`,
        to: `if (kind === 'approve' && pending.approvals.length > 9)`,
      },
    ],
    seed: 31,
  },
  {
    name: 'one-approval-is-enough',
    ids: 'I9',
    what: 'The first of two approvals starts the grant.',
    edits: [
      {
        file: 'core/request/stages.ts',
        from: 'stage === requirements.stages.length - 1 && given + 1 >= needs;',
        to: 'stage === requirements.stages.length - 1 && given + 1 >= Math.min(needs, 1);',
      },
      {
        file: 'policy/judge/still-allowed.ts',
        from: 'if (approvals.length < entitlement.route.needs)',
        to: 'if (approvals.length < 1)',
      },
    ],
    seed: 11,
  },
  {
    name: 'self-approval',
    ids: 'I10, B30, B31',
    what: 'A requester who is an approver approves their own request.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: `if (by === state.details.requester) return { code: 'own-request' };`,
        to: '',
      },
      ...ANA_MAY_APPROVE,
    ],
    seed: 18,
  },
  {
    name: 'anybody-approves',
    ids: 'B37, B40, B45, I9',
    what: 'Somebody who is no approver approves.',
    edits: [
      {
        file: 'core/request/approver-refusal.ts',
        from: `if (!isCurrentApprover(pending, by)) return { code: 'not-an-approver' };`,
        to: '',
      },
      {
        file: 'core/request/approver-refusal.ts',
        from: `case 'not-eligible':
      return { code: 'no-longer-an-approver' };`,
        to: `case 'not-eligible':
      return undefined;`,
      },
      {
        file: 'policy/judge/still-allowed.ts',
        from: 'if (approvals.some(({ by }) => !isEligible(policy, details, by)))',
        to: 'if (approvals.length > 9)',
      },
    ],
    seed: 38,
  },
  {
    name: 'approval-of-another-card',
    ids: 'I11, B33, B42',
    what: 'An approval counts for another request than the one on the screen.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: `if (digest !== details.digest) return no({ code: 'changed' });`,
        to: '',
      },
    ],
    seed: 11,
  },
  {
    name: 'approval-after-its-time',
    ids: 'B27, B22',
    what: 'A request that lapsed can be approved.',
    edits: [
      {
        file: 'core/request/approver-refusal.ts',
        from: `if (at >= pending.requirements.lapsesAt) return { code: 'lapsed' };`,
        to: '',
      },
      {
        file: 'core/request/due.ts',
        from: 'return at >= state.requirements.lapsesAt ?',
        to: 'return at >= state.requirements.lapsesAt + 300_000 ?',
      },
      {
        file: 'core/request/decide.ts',
        from: `return at < state.requirements.lapsesAt ?`,
        to: `return at < state.requirements.lapsesAt + 300_000 ?`,
      },
    ],
    seed: 211,
  },
  {
    name: 'left-approver-counts',
    ids: 'B41, B47, I9',
    what: 'The approval of somebody who is no approver any more counts.',
    edits: [
      {
        file: 'core/request/approver-refusal.ts',
        from: `case 'not-eligible':
      return { code: 'no-longer-an-approver' };`,
        to: `case 'not-eligible':
      return undefined;`,
      },
      {
        file: 'policy/judge/still-allowed.ts',
        from: 'if (approvals.some(({ by }) => !isEligible(policy, details, by)))',
        to: 'if (approvals.length > 9)',
      },
    ],
    seed: 136,
  },
  {
    name: 'longer-than-approved',
    ids: 'I13, B57',
    what: 'Access lasts longer than what was approved.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: 'const endsAt = addMinutes(at, details.minutes);',
        to: 'const endsAt = addMinutes(at, (details.minutes * 2) as typeof details.minutes);',
      },
    ],
    seed: 11,
  },
  {
    name: 'end-is-ignored',
    ids: 'B22, I8',
    what: 'A person who ends their access is told that it ended, and it goes on.',
    edits: [
      {
        file: 'ledger/request/project.ts',
        from: `      return startRevocations(db, request);`,
        to: `      return undefined;`,
      },
      {
        file: 'workflows/grant-and-revoke.ts',
        from: 'await Promise.race([untilOver(), condition(() => deadline.isOver())]);',
        to: 'void untilOver();\n  await condition(() => deadline.isOver());',
      },
    ],
    seed: 38,
  },
  {
    name: 'denial-is-ignored',
    ids: 'B22, I8',
    what: 'Who denies is told so, and the request can be approved all the same.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: `return close({ kind: 'denied', by: command.by }, at);`,
        to: 'return ok([]);',
      },
    ],
    seed: 51,
  },
  {
    name: 'withdrawal-is-ignored',
    ids: 'B22, I8',
    what: 'Who withdraws a request is told so, and it can be approved all the same.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: `return close({ kind: 'withdrawn', by: command.by }, at);`,
        to: 'return ok([]);',
      },
    ],
    seed: 618,
  },
  {
    name: 'guest-approves',
    ids: 'B44',
    what: 'The approval of a guest of the workspace counts.',
    edits: [
      {
        file: 'core/account.ts',
        from: `  ['guest', has('is_restricted', 'is_ultra_restricted')],\n`,
        to: '',
      },
      {
        file: 'core/account.ts',
        from: `['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted']`,
        to: `['deleted', 'is_bot', 'is_ultra_restricted']`,
      },
      {
        file: 'core/account.ts',
        from: `const EXPECTED = ['deleted', `,
        to: `const EXPECTED = ['deleted', 'is_restricted', `,
      },
    ],
    seed: 11,
  },
  {
    name: 'longest-is-ignored',
    ids: 'I13',
    what: 'Somebody gets access for longer than the policy allows.',
    edits: [
      {
        file: 'policy/rules/length.ts',
        from: 'return minutes > longest\n',
        to: 'return minutes > 2 * longest\n',
      },
      {
        file: 'policy/judge/still-allowed.ts',
        from: `if (minutes > entitlement.longest) return no('the longest length was lowered');`,
        to: '',
      },
    ],
    seed: 31,
  },
];
