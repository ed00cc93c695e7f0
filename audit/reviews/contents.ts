import type { Instant } from '../../core/ids.ts';
import type { Review } from '../../core/reviews/review.ts';
import type { Ledger, ReviewProof } from '../../ledger/index.ts';
import type { SignedHead } from '../newest-checkpoint.ts';
import { reviewLines } from '../questions/index.ts';

/** What is known of a review when its folder is made. `decisions`: also those that were refused. */
export type ReviewAbout = Readonly<{
  review: Review;
  proof: ReviewProof;
  checkpoint: SignedHead;
  answeredAt: Instant;
  lines: number;
  decisions: number;
}>;

/** The contents of `evidence/review.json`. docs/verify.md describes them. */
export function contentsOf(
  { auditSql }: Pick<Ledger, 'auditSql'>,
  { review, proof, checkpoint, answeredAt, lines, decisions }: ReviewAbout,
): object {
  const { id, scope, from, to, due, wanted = null, population, certified, objected, finishedAt } = review;
  return {
    format: 'curfew-review/1',
    review: id,
    title: proof.title ?? null,
    ...{ by: proof.by, scope, from: iso(from), to: iso(to), due: iso(due), sample: wanted },
    ...{ population, digest: proof.populationDigest },
    openedAt: iso(proof.openedAt),
    answeredAt: iso(answeredAt),
    finishedAt: finishedAt === undefined ? null : iso(finishedAt),
    checkpoint,
    draw: proof.draw ?? null,
    ...{ lines, decisions, certified, objected },
    command: `curfew audit review ${id}`,
    sql: auditSql(reviewLines(id)),
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();
