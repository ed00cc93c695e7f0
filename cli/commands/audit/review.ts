import { Command } from 'commander';
import type { AnswerOptions } from '../../terminal/print-answer.ts';
import { addAnswerOptions } from './options.ts';

/** `curfew audit review <review>` */
export const reviewCommand = (): Command =>
  addAnswerOptions(
    new Command('review')
      .description('the lines of a review of access, with who certified each or objected to it')
      .argument('<review>', 'the id of the review, as "curfew audit reviews" shows it'),
  ).action(async (review: string, options: AnswerOptions) =>
    (await import('../../actions/audit-review.ts')).runAuditReview(review, options),
  );
