import type { Instant } from '../../core/ids.ts';
import { ALLOWED_SECONDS } from '../../core/numbers.ts';
import type { AuditCondition, AuditQuery } from '../../ledger/index.ts';
import * as ask from '../questions/index.ts';

/** Of which time and of what the evidence is. A scope is an entitlement of the catalogue, or a provider. */
export type EvidenceAsked = Readonly<{
  from: Instant;
  to: Instant;
  entitlement?: string | undefined;
  provider?: string | undefined;
}>;

/** A question whose answer is evidence. */
export type EvidenceQuestion = Readonly<{
  /** What the answer has, as the heading of a table. */
  title: string;
  /** How somebody knows that the answer is right and whole. */
  known: string;
  query: (asked: EvidenceAsked) => AuditQuery;
  /** The command that gives the same answer without a scope. */
  command: (asked: EvidenceAsked) => string;
  /** By which scopes the question can be narrowed. One that cannot has everything of the period. */
  narrows: readonly ('entitlement' | 'provider')[];
}>;

const BY_LOG = 'The verifier makes the same answer from the verified log and compares each row.';
const NOT_IN_LOG =
  'Looks at providers are not in the log, so a folder with proofs does not have this answer.';

const iso = (at: Instant): string => new Date(at).toISOString();
const overTime =
  (name: string) =>
  ({ from, to }: EvidenceAsked): string =>
    `curfew audit ${name} --from ${iso(from)} --to ${iso(to)}`;

/** Every question whose answer can be evidence, by the name of its files. docs/verify.md describes them. */
export const EVIDENCE_QUESTIONS = {
  grants: {
    title: 'Access that was held in the period, with who approved it and its receipt',
    known: `${BY_LOG} The sample has rows of it with proofs.`,
    query: ask.grants,
    command: overTime('grants'),
    narrows: ['entitlement', 'provider'],
  },
  approvals: {
    title: 'What was approved, by whom, through which account',
    known: BY_LOG,
    query: ask.approvals,
    command: overTime('approvals'),
    narrows: ['entitlement'],
  },
  'self-approvals': {
    title: 'Requests and extensions that their own requester approved',
    known: `An approval of the own request is refused (own-request), so there should be none. ${BY_LOG}`,
    query: ask.selfApprovals,
    command: overTime('self-approvals'),
    narrows: ['entitlement'],
  },
  pairs: {
    title: 'Two people who approved requests of each other, whenever that was',
    known: BY_LOG,
    query: () => ask.approvalPairs(),
    command: () => 'curfew audit pairs',
    narrows: [],
  },
  refusals: {
    title: 'What was refused, and why',
    known: BY_LOG,
    query: ask.refusals,
    command: overTime('refusals'),
    narrows: ['entitlement'],
  },
  overstays: {
    title: `Access that was held for more than ${ALLOWED_SECONDS} seconds after its approved end, since the beginning of the period`,
    known: `Curfew revokes access at its end, so there should be none. ${BY_LOG}`,
    // What is still held is held now, which is after the end of the period.
    query: ({ from }) => ask.overstays(ALLOWED_SECONDS, { from }),
    command: ({ from }) => `curfew audit overstays --from ${iso(from)}`,
    narrows: ['entitlement', 'provider'],
  },
  drift: {
    title: 'Where a provider showed other access than was approved, and what Curfew corrected',
    known: BY_LOG,
    query: ask.drift,
    command: overTime('drift'),
    narrows: ['entitlement', 'provider'],
  },
  findings: {
    title: 'Access that no request explains, by when it was seen first',
    known: NOT_IN_LOG,
    query: ask.findings,
    command: overTime('findings'),
    narrows: ['provider'],
  },
  decisions: {
    title: 'Who decided what about access that no request explains',
    known: BY_LOG,
    query: ask.findingDecisions,
    command: overTime('decisions'),
    narrows: [],
  },
  'review-decisions': {
    title: 'Who certified an access in a review or objected to it',
    known: `curfew audit review makes a folder of each review with proofs. ${BY_LOG}`,
    query: ask.reviewDecisions,
    command: overTime('review-decisions'),
    narrows: [],
  },
  endings: {
    title: 'When somebody ended everything of a person, of an entitlement or at a provider',
    known: BY_LOG,
    query: ask.massEndings,
    command: overTime('endings'),
    narrows: [],
  },
  policies: {
    title: 'Policies that were used in the period for the first time',
    known: `A policy is named by its digest. ${BY_LOG}`,
    query: ask.policies,
    command: overTime('policies'),
    narrows: [],
  },
  readings: {
    title: 'Who looked in the console at what is not their own, or took a copy of it',
    known: `A reading waits up to 17 minutes for its entry of the log, and is not in the answer before. ${BY_LOG}`,
    query: ask.readingsInLog,
    command: overTime('readings'),
    narrows: [],
  },
  purges: {
    title: 'When old requests were removed from the ledger',
    known: BY_LOG,
    query: ask.purges,
    command: overTime('purges'),
    narrows: [],
  },
} as const satisfies Readonly<Record<string, EvidenceQuestion>>;

export type EvidenceName = keyof typeof EVIDENCE_QUESTIONS;

/** Whether the log alone answers a question, so that the answer can be proven. */
export const isInLog = (name: EvidenceName): boolean => EVIDENCE_QUESTIONS[name].known !== NOT_IN_LOG;

/** Names of all of them, in the order in which people read them. */
export const EVIDENCE_NAMES = Object.keys(EVIDENCE_QUESTIONS) as readonly EvidenceName[];

/** A question of the period, narrowed to the scope as far as it can be. */
export function evidenceQuery(name: EvidenceName, asked: EvidenceAsked): AuditQuery {
  const { query, narrows }: EvidenceQuestion = EVIDENCE_QUESTIONS[name];
  const scope = narrows.flatMap((column): readonly AuditCondition[] => {
    const value = asked[column];
    return value === undefined ? [] : [{ kind: 'is', column, value }];
  });
  const { where, ...asks } = query(asked);
  return { ...asks, where: [...where, ...scope] };
}
