import { resolve } from 'node:path';
import { reviewLines } from '../../audit/questions/index.ts';
import { writeReview } from '../../audit/reviews/write-folder.ts';
import { messageOf } from '../../core/faults.ts';
import { parseReviewId, type Review } from '../../core/reviews/review.ts';
import type { Ledger } from '../../ledger/index.ts';
import { CommandError } from '../terminal/exit.ts';
import { withLog } from '../terminal/log-context.ts';
import { writeLine } from '../terminal/output.ts';
import { type AnswerOptions, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';
import { counted, exportedLog, orderedBy, verifyLine } from './audit-export.ts';

/** `out`: the folder of the evidence. */
export type ReviewOptions = AnswerOptions & Readonly<{ out?: string }>;

/** `curfew audit review <review>` */
export const runAuditReview = (typed: string, { out, ...options }: ReviewOptions): Promise<void> =>
  out === undefined ? printLines(typed, options) : makeFolder(typed, resolve(out));

const printLines = (typed: string, options: AnswerOptions): Promise<void> =>
  withAuditLedger(async ({ ledger }) => {
    const review = await reviewTyped(ledger, typed);
    await printAnswer(ledger, reviewLines(review.id), options, {
      columns: {
        at: 'SINCE (UTC)',
        until: 'UNTIL (UTC)',
        person: 'PERSON',
        entitlement: 'ENTITLEMENT',
        provider: 'PROVIDER',
        target_name: 'TARGET',
        account_name: 'ACCOUNT',
        approved_by: 'APPROVED BY',
        decision: 'DECISION',
        decided_by: 'BY',
        decided_at: 'DECIDED (UTC)',
        request_id: 'REQUEST',
      },
      empty: 'The sample is not drawn yet: no checkpoint with the review is published.',
    });
  });

const makeFolder = (typed: string, path: string): Promise<void> =>
  withLog(async (context) => {
    const { ledger, trusted } = context;
    const review = await reviewTyped(ledger, typed);
    const [log, by] = [await exportedLog(context), await orderedBy(context)];
    const made = await writeReview(ledger, path, review.id, { log, by }).catch((error: unknown) => {
      throw new CommandError('failed', `The folder was not made: ${messageOf(error)}.\n  where: ${path}`);
    });
    const { about, checksum } = made;
    const { lines, certified, objected } = about.counts;
    const left = lines - certified - objected;
    [
      `Evidence of the review ${review.id}: ${path}`,
      '',
      `${counted(lines, 'line')} of a population of ${about.review.population}: ${certified} certified, ${objected} objected to, ${left} not decided`,
      ...(left === 0 && lines > 0 ? [] : ['The review is not finished.']),
      '',
      `The newest checkpoint of the log ${about.checkpoint.origin} has ${counted(about.checkpoint.size, 'entry', 'entries')}.`,
      `The SHA-256 of evidence/SHA256SUMS is ${checksum}. Keep it: it names exactly this folder.`,
      '',
      'Verify it offline, with a public key that you have from somebody you trust:',
    ].forEach(writeLine);
    writeLine(verifyLine(path, trusted, ` --checksum ${checksum}`));
  });

async function reviewTyped(ledger: Pick<Ledger, 'readReview'>, typed: string): Promise<Review> {
  const id = parseReviewId(typed.toLowerCase());
  const review = id.ok ? await ledger.readReview(id.value) : undefined;
  if (review) return review;
  throw new CommandError(
    'notFound',
    `There is no review "${typed.slice(0, 80)}".\n  to do: "curfew audit reviews" lists them.`,
  );
}
