import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { EnforcementClass } from '../../providers/provider.ts';
import type { RequestView, TargetView } from '../../requests/view.ts';
import { capped, escaped, sentence } from '../../wording/text.ts';
import { bytesOf, section, SLACK } from './elements.ts';

const MOST_SHOWN = 12;

/**
 * What is given, under a heading, every target of it: people say yes to exactly what they were shown (I11). With
 * little `room`, in bytes, fewer permissions of each are shown, and the rest is counted.
 */
export function grants(
  heading: string,
  targets: RequestView['targets'],
  room: number,
): readonly KnownBlock[] {
  for (let shown = MOST_SHOWN; shown >= 0; shown -= 1) {
    const blocks = sections([heading, ...targets.map((target) => inWords(target, shown))]);
    if (bytesOf(blocks) <= room) return blocks;
  }
  const short = targets.map((target) => inWords({ ...target, plain: capped(target.plain, 60) }, 0));
  return sections([heading, ...short]);
}

/** As few sections as hold the paragraphs. */
function sections([first = '', ...others]: readonly string[]): readonly KnownBlock[] {
  const texts = [first];
  for (const paragraph of others) {
    const joined = `${texts.at(-1)}\n${paragraph}`;
    if (joined.length > SLACK.section) texts.push(paragraph);
    else texts[texts.length - 1] = joined;
  }
  return texts.map((text) => section(text));
}

/** What is not shown is counted, so that nobody takes a part for the whole. */
function inWords({ plain, permissions }: TargetView, shown: number): string {
  const lines = [`• ${sentence(escaped(plain))}`];
  for (const [index, permission] of permissions.entries()) {
    const line = `      ◦ ${escaped(permission)}`;
    const rest = `*and ${permissions.length - index} more*`;
    if (index === shown || [...lines, line, rest].join('\n').length > SLACK.section)
      return [...lines, `      ◦ ${rest}`].join('\n');
    lines.push(line);
  }
  return lines.join('\n');
}

const END: Record<EnforcementClass, string> = {
  A: ':lock: The end is in what we write there: the provider itself refuses from that moment, even if Curfew is down.',
  B: ':lock: The end is in the credential: nobody can log in with it afterwards, even if Curfew is down.',
  C: ':lock: Curfew takes it away at the end, and keeps trying until it has seen it gone.',
};

const UNKNOWN = ':grey_question: How its end is enforced cannot be told here.';

/** How its end is enforced, and what may live on after it. */
export function enforcement(targets: RequestView['targets']): readonly string[] {
  const classes = [...new Set(targets.map(({ enforcement: one }) => (one ? END[one] : UNKNOWN)))];
  const residual = Math.max(0, ...targets.map(({ residualMs }) => residualMs));
  if (residual === 0) return classes;
  const long = Number.isFinite(residual)
    ? `for up to ${formatDuration((residual / 60_000) as Minutes)}`
    : 'for as long as it stays open';
  return [...classes, `:warning: A session that is open at the end may live on ${long}.`];
}
