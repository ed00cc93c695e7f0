import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { Facts, TargetFacts } from '../facts.ts';
import { escaped, sentence } from '../text.ts';
import { section, SLACK } from './blocks.ts';

/** What is given, under a heading, every target of it: people say yes to exactly what they were shown (I11). */
export function grants(heading: string, targets: Facts['targets']): readonly KnownBlock[] {
  const paragraphs: string[] = [heading];
  for (const words of targets.map(inWords)) {
    const joined = `${paragraphs.at(-1)}\n${words}`;
    if (joined.length > SLACK.section) paragraphs.push(words);
    else paragraphs[paragraphs.length - 1] = joined;
  }
  return paragraphs.map((paragraph) => section(paragraph));
}

const SHOWN = 12;

/** What is not shown is counted, so that nobody takes a part for the whole. */
function inWords({ plain, permissions }: TargetFacts): string {
  const lines = [`• ${sentence(escaped(plain))}`];
  for (const [index, permission] of permissions.entries()) {
    const line = `      ◦ ${escaped(permission)}`;
    const rest = `*and ${permissions.length - index} more*`;
    if (index === SHOWN || [...lines, line, rest].join('\n').length > SLACK.section)
      return [...lines, `      ◦ ${rest}`].join('\n');
    lines.push(line);
  }
  return lines.join('\n');
}

const END: Record<TargetFacts['enforcement'], string> = {
  A: ':lock: The end is in what we write there: the provider itself refuses from that moment, even if Curfew is down.',
  B: ':lock: The end is in the credential: nobody can log in with it afterwards, even if Curfew is down.',
  C: ':lock: Curfew takes it away at the end, and keeps trying until it has seen it gone.',
};

/** How its end is enforced, and what may live on after it. */
export function enforcement(targets: Facts['targets']): readonly string[] {
  const classes = [...new Set(targets.map((target) => target.enforcement))].map((one) => END[one]);
  const residual = Math.max(0, ...targets.map(({ residualMs }) => residualMs));
  return residual === 0
    ? classes
    : [
        ...classes,
        `A session that is open at the end may live on for up to ${formatDuration((residual / 60_000) as Minutes)}.`,
      ];
}
