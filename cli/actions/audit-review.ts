import { reviewLines } from '../../audit/questions/index.ts';
import { parseReviewId } from '../../core/reviews/review.ts';
import { CommandError } from '../terminal/exit.ts';
import { type AnswerOptions, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

/** `curfew audit review <review>` */
export const runAuditReview = (typed: string, options: AnswerOptions): Promise<void> =>
  withAuditLedger(async ({ ledger }) => {
    const id = parseReviewId(typed.toLowerCase());
    const review = id.ok ? await ledger.readReview(id.value) : undefined;
    if (!review)
      throw new CommandError(
        'notFound',
        `There is no review "${typed.slice(0, 80)}".\n  to do: "curfew audit reviews" lists them.`,
      );
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
