import type { Instant } from '../../core/ids.ts';
import { SCOPE_KEYS } from '../../core/reviews/review.ts';
import { oneLine } from '../../core/text.ts';
import { codeSpan } from '../code-span.ts';
import { verifyLines } from '../verify-lines.ts';
import type { ReviewAbout } from './contents.ts';

/** The page of the folder of a review for people, in Markdown. */
export function reviewFolderPage({ review, proof, checkpoint, ordered, counts }: ReviewAbout): string {
  const { scope, from, to, due, wanted, population } = review;
  const { lines, certified, objected, finishedAt } = counts;
  const scopeText = SCOPE_KEYS.flatMap((key) => (scope[key] ? [`${key}:${scope[key].join(',')}`] : [])).join(
    ' ',
  );
  const left = lines - certified - objected;
  return [
    `# Review of access: ${proof.title ? codeSpan(proof.title.text) : '(its title is erased)'}`,
    '',
    `Period: from ${utc(from)} until ${utc(to)}, both included.`,
    `Scope: ${scopeText === '' ? 'everything' : scopeText}.`,
    `Opened at ${utc(proof.openedAt)} by ${oneLine(proof.by)}. Due at ${utc(due)}.`,
    finishedAt === null
      ? `It is not finished: ${left} of ${lines} lines are not decided.`
      : `Finished at ${finishedAt}.`,
    `This folder was ordered at ${utc(ordered.at)}. It says what the log said then.`,
    '',
    `- Population: **${population}** accesses, in \`population.txt\`. The log has the SHA-256 of this file in the entry of the review, so a later change is found.`,
    wanted === undefined
      ? `- Lines: **${lines}**, which is all of them.`
      : `- Lines: **${lines}**. The root of the log that ends with the entry of the review chose them, so nobody else did.`,
    `- Certified: **${certified}**. Objected to: **${objected}**. In \`lines.csv\` and \`lines.jsonl\`.`,
    '- Every decision, also those that were refused, is in `decisions.csv` and `decisions.jsonl`.',
    '- `proofs.jsonl` has a proof for the review, for each decision, and for each event of a line: its approvals, the read that showed the access, and the receipt.',
    '',
    'Times are in UTC.',
    '',
    '## The log',
    '',
    `The log ${oneLine(checkpoint.origin)} has ${checkpoint.size} entries in its newest signed checkpoint. Its root is:`,
    '',
    `    ${checkpoint.root}`,
    '',
    ...verifyLines(),
  ].join('\n');
}

const utc = (at: Instant): string => new Date(at).toISOString();
