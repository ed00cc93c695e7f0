import type { Instant } from '../../core/ids.ts';
import type { AuditCondition, AuditQuery } from '../../ledger/index.ts';
import {
  type Evidence,
  QUESTION_NAMES,
  QUESTIONS,
  questionQuery,
  type QuestionWith,
  REGISTRY,
} from '../questions/registry/index.ts';

/** Of which time and of what the evidence is. A scope is an entitlement of the catalogue, or a provider. */
export type EvidenceQuery = Readonly<{
  from: Instant;
  to: Instant;
  entitlement?: string | undefined;
  provider?: string | undefined;
}>;

/** The questions whose answers can be evidence, by the name of their files. docs/verify.md describes them. */
export type EvidenceName = QuestionWith<'evidence'>;

/** Names of all of them, in the order in which people read them. */
export const EVIDENCE_NAMES = QUESTION_NAMES.filter(
  (name): name is EvidenceName => QUESTIONS[name].evidence !== undefined,
);

/** How evidence shows a question. */
export const evidenceOf = (name: EvidenceName): Evidence => EVIDENCE[name].evidence;

const EVIDENCE: Readonly<Record<EvidenceName, Readonly<{ evidence: Evidence }>>> = REGISTRY;

/** Whether the log alone answers a question, so that the answer can be proven. */
export const isInLog = (name: EvidenceName): boolean => evidenceOf(name).isNotInLog !== true;

/** The period for which evidence asks a question. */
export const evidencePeriod = (
  name: EvidenceName,
  { from, to }: EvidenceQuery,
): Readonly<{ from: Instant; to?: Instant }> => (evidenceOf(name).hasNoEnd ? { from } : { from, to });

/** A question of the period, narrowed to the scope as far as it can be. */
export function evidenceQuery(name: EvidenceName, asked: EvidenceQuery): AuditQuery {
  const { narrows = [], where: its = [] } = evidenceOf(name);
  const scope = narrows.flatMap((column): readonly AuditCondition[] => {
    const value = asked[column];
    return value === undefined ? [] : [{ kind: 'is', column, value }];
  });
  const { where, ...asks } = questionQuery(name, evidencePeriod(name, asked));
  return { ...asks, where: [...where, ...its, ...scope] };
}
