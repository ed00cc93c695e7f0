import type { Instant } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { SignedHead } from '../newest-checkpoint.ts';
import type { Control } from './controls.ts';
import { EVIDENCE_QUESTIONS, type EvidenceAsked, type EvidenceName, evidenceQuery } from './questions.ts';

/** What evidence is made of: the controls, the period with its scope, and how many rows the sample has at most. */
export type EvidenceOrder = Readonly<{ controls: readonly Control[]; asked: EvidenceAsked; sample: number }>;

/** How many rows each answer has. */
export type EvidenceCounts = ReadonlyMap<EvidenceName, number>;

/** What is known of evidence when its answers are made. `whole`: answers about a time before this one lack what was purged. */
export type EvidenceAbout = Readonly<{
  order: EvidenceOrder;
  names: readonly EvidenceName[];
  counts: EvidenceCounts;
  checkpoint: SignedHead;
  answeredAt: Instant;
  whole: Instant | undefined;
  sampled: number;
}>;

/** The contents of `evidence/controls.json`. docs/verify.md describes them. */
export function contentsOf(
  { auditSql }: Pick<Ledger, 'auditSql'>,
  { order, names, counts, checkpoint, answeredAt, whole, sampled }: EvidenceAbout,
): object {
  const { from, to, entitlement = null, provider = null } = order.asked;
  return {
    format: 'curfew-evidence/1',
    ...{ from: iso(from), to: iso(to), entitlement, provider, answeredAt: iso(answeredAt) },
    incompleteBefore: whole === undefined ? null : iso(whole),
    checkpoint,
    sample: { wanted: order.sample, rows: sampled },
    controls: order.controls,
    answers: names.map((name) => ({
      question: name,
      title: EVIDENCE_QUESTIONS[name].title,
      known: EVIDENCE_QUESTIONS[name].known,
      rows: counts.get(name) ?? 0,
      command: EVIDENCE_QUESTIONS[name].command(order.asked),
      sql: auditSql(evidenceQuery(name, order.asked)),
    })),
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();
