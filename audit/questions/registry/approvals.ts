import { ALLOWED_SECONDS } from '../../../core/numbers.ts';
import * as c from './column.ts';
import type { Question } from './question.ts';

const BY_LOG = 'The verifier makes the same answer from the verified log and compares each row.';

const APPROVAL = [
  c.when,
  c.person('person', 'Approved by'),
  c.person('requester', 'Requester'),
  c.entitlement,
  c.text('approved', 'What'),
  c.number('seconds', 'After (s)'),
  c.via,
  c.login,
  c.request,
];

/** The questions about what was granted, approved and refused. */
export const APPROVALS = {
  grants: {
    about: 'access that Curfew granted, with who approved it',
    view: 'granted_access',
    span: 'during',
    columns: [
      c.time('at', 'Since'),
      c.until,
      c.plannedEnd,
      c.who,
      c.entitlement,
      c.provider,
      c.target,
      c.account,
      c.approvedBy,
      c.request,
    ],
    empty: 'Curfew granted nothing that was held then.',
    evidence: {
      title: 'Access that was held in the period, with who approved it and its receipt',
      known: `${BY_LOG} The sample has rows of it with proofs.`,
      narrows: ['entitlement', 'provider'],
    },
  },
  approvals: {
    about: 'everything that was approved, or that a person approved',
    view: 'approval',
    byPerson: 'approved nothing.',
    columns: APPROVAL,
    empty: 'Nothing was approved.',
    example: 'bo --from "30d ago"',
    evidence: {
      title: 'What was approved, by whom, through which account',
      known: BY_LOG,
      narrows: ['entitlement'],
    },
  },
  fast: {
    about: 'everything that was approved in less than some seconds',
    view: 'approval',
    seconds: { kind: 'under', about: 'in less than this: 10s, or 2m', usual: 10, why: '10s' },
    columns: APPROVAL,
    empty: (seconds) => `Nothing was approved in less than ${seconds} seconds.`,
    example: '--under 5s',
    look: {
      id: 'fast-approvals',
      title: 'Fast approvals',
      about: 'Approved less than 10 seconds after it could be approved. Nobody reads a request so fast.',
    },
  },
  'self-approvals': {
    about: 'what its own requester approved; there should be none',
    view: 'approval',
    where: [{ kind: 'same', column: 'person', other: 'requester' }],
    columns: APPROVAL,
    empty: 'Nobody approved what they requested.',
    evidence: {
      title: 'Requests and extensions that their own requester approved',
      known: `An approval of the own request is refused (own-request), so there should be none. ${BY_LOG}`,
      narrows: ['entitlement'],
    },
  },
  pairs: {
    about: 'pairs of people who approved requests or extensions of each other',
    view: 'approval_pair',
    span: 'always',
    columns: [
      c.who,
      c.person('other', 'Other'),
      c.number('approved', 'Approved of the other'),
      c.number('was_approved', 'Approved by the other'),
      c.time('first_at', 'First'),
      c.time('at', 'Last'),
    ],
    empty: 'No two people approved requests of each other.',
    look: {
      id: 'pairs',
      title: 'Pairs who approve each other',
      about: 'Two people who approved requests or extensions of each other, whenever that was.',
    },
    evidence: {
      title: 'Two people who approved requests of each other, whenever that was',
      known: BY_LOG,
    },
  },
  refusals: {
    about: 'every attempt that was refused',
    view: 'refusal',
    columns: [
      c.when,
      c.person('person', 'Person', { missing: 'nobody in people.yaml' }),
      c.text('tried', 'Tried'),
      c.code('code', 'Refused'),
      c.person('requester', 'Requester'),
      c.entitlement,
      c.via,
      c.request,
    ],
    empty: 'Nothing was refused.',
    look: {
      id: 'refusals',
      title: 'Refusals',
      about: 'Somebody tried what the policy or the state of a request did not allow.',
    },
    evidence: { title: 'What was refused, and why', known: BY_LOG, narrows: ['entitlement'] },
  },
  overstays: {
    about: 'access that was held after its planned end; there should be none',
    view: 'overstay',
    seconds: {
      kind: 'over',
      about: 'held for longer than this after the end',
      usual: ALLOWED_SECONDS,
      why: `${ALLOWED_SECONDS}s, which is what the calls to a provider may take`,
    },
    columns: [
      c.number('seconds', 'Seconds'),
      c.who,
      c.entitlement,
      c.provider,
      c.target,
      c.account,
      c.plannedEnd,
      c.until,
      c.request,
    ],
    empty: (seconds) =>
      `No access was held for more than ${seconds} seconds after its approved end. Receipts show it: of each access that Curfew granted, the ledger has the read which showed that it was gone. Access without such a read counts as held until now.`,
    look: {
      id: 'overstays',
      title: 'Overstays',
      about: `Access that was held for more than ${ALLOWED_SECONDS} seconds after its approved end. There should be none.`,
    },
    evidence: {
      title: `Access that was held for more than ${ALLOWED_SECONDS} seconds after its approved end, since the beginning of the period`,
      known: `Curfew revokes access at its end, so there should be none. ${BY_LOG}`,
      narrows: ['entitlement', 'provider'],
      hasNoEnd: true, // What is still held is held now, which is after the end of the period.
    },
  },
} as const satisfies Readonly<Record<string, Question>>;
