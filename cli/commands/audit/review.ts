import { Command } from 'commander';
import type { ReviewOptions } from '../../actions/audit-review.ts';
import { addAnswerOptions } from './options.ts';

/** `curfew audit review <review>` */
export const reviewCommand = (): Command =>
  addAnswerOptions(
    new Command('review')
      .description('the lines of a review of access, with who certified each or objected to it')
      .argument('<review>', 'the id of the review, as "curfew audit reviews" shows it')
      .option('--out <folder>', 'make a folder of its evidence instead: empty, or one that does not exist')
      .addHelpText(
        'after',
        `
The folder has the whole log, the population, the lines, every decision, a proof for each, and the hashes of all files. Whoever has it
verifies it offline, and needs only the public key of the log.

  curfew audit review review_01jgyq8zk7f5v2m9c3x4b6n8p0 --out ./autumn-review`,
      ),
  ).action(async (review: string, options: ReviewOptions) =>
    (await import('../../actions/audit-review.ts')).runAuditReview(review, options),
  );
