import type { Instant } from '../../core/ids.ts';
import type { OrderedRow } from '../copy.ts';
import type { SignedHead } from '../newest-checkpoint.ts';
import type { Control } from './controls.ts';
import { type EvidenceQuery, type EvidenceName, evidenceOf, isInLog } from './questions.ts';

/** What evidence is made of: the controls, the period with its scope, and how many rows the sample has at most. */
export type EvidenceOrder = Readonly<{ controls: readonly Control[]; asked: EvidenceQuery; sample: number }>;

/** How many rows each answer has. */
export type EvidenceCounts = ReadonlyMap<EvidenceName, number>;

/** What is known of evidence when its answers are made. `incompleteBefore`: answers about a time before it lack what was purged. */
export type EvidenceAbout = Readonly<{
  order: EvidenceOrder;
  ordered: OrderedRow;
  names: readonly EvidenceName[];
  counts: EvidenceCounts;
  checkpoint: SignedHead;
  incompleteBefore: string | null;
  sampled: number;
}>;

/** What the entry of the order says. */
export const askedOf = ({ controls, asked, sample }: EvidenceOrder) => ({
  kind: 'evidence',
  controls: controls.map(({ framework, id }) => `${framework} ${id}`),
  ...periodOf(asked),
  sample,
});

const periodOf = ({ from, to, entitlement, provider }: EvidenceQuery) => ({
  ...{ from: iso(from), to: iso(to), entitlement: entitlement ?? null, provider: provider ?? null },
});

/** The contents of `evidence/controls.json`. docs/verify.md describes them. */
export function contentsOf({
  order,
  ordered,
  names,
  counts,
  checkpoint,
  incompleteBefore,
  sampled,
}: EvidenceAbout): object {
  return {
    format: 'curfew-evidence/2',
    order: ordered.id,
    ...periodOf(order.asked),
    incompleteBefore,
    checkpoint,
    sample: { wanted: order.sample, rows: sampled },
    controls: order.controls.map(({ log: _log, ...control }) => ({
      ...control,
      questions: control.questions.filter(isInLog),
    })),
    answers: names.map((question) => ({
      question,
      title: evidenceOf(question).title,
      rows: counts.get(question) ?? 0,
    })),
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();
