import { oneLine } from '../core/text.ts';

/**
 * Text from elsewhere as a code span of Markdown, in which nothing is a link, a heading or HTML. Its fence is longer than each run of
 * backticks in the text, so the text cannot end it.
 */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  return `${fence} ${line} ${fence}`;
}
