import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { EnforcementClass } from '../../providers/provider.ts';
import type { RequestView, TargetView } from '../../requests/view.ts';
import { capped, capitalized } from '../../wording/text.ts';
import { escaped } from '../mrkdwn.ts';
import { bytesOf, section, SLACK } from './elements.ts';

const MAX_PERMISSIONS = 12;

/**
 * Every target of a request, under a heading: an approver approves exactly what the card shows (I11). When it does
 * not fit in `bytes`, fewer permissions of each target are shown and the others are counted.
 */
export function targetSections(
  heading: string,
  targets: RequestView['targets'],
  bytes: number,
): readonly KnownBlock[] {
  for (let shown = MAX_PERMISSIONS; shown >= 0; shown -= 1) {
    const blocks = sectionsOf([heading, ...targets.map((target) => targetText(target, shown))]);
    if (bytesOf(blocks) <= bytes) return blocks;
  }
  const short = targets.map((target) => targetText({ ...target, plain: capped(target.plain, 60) }, 0));
  return sectionsOf([heading, ...short]);
}

/** The paragraphs in as few sections as possible. */
function sectionsOf([first = '', ...others]: readonly string[]): readonly KnownBlock[] {
  const texts = [first];
  for (const paragraph of others) {
    const joined = `${texts.at(-1)}\n${paragraph}`;
    if (joined.length > SLACK.section) texts.push(paragraph);
    else texts[texts.length - 1] = joined;
  }
  return texts.map((text) => section(text));
}

/** A target and its permissions. The permissions that are not shown are counted, so that the reader knows of them. */
function targetText({ plain, permissions }: TargetView, shown: number): string {
  const lines = [`• ${capitalized(escaped(plain))}`];
  for (const [index, permission] of permissions.entries()) {
    const line = `      ◦ ${escaped(permission)}`;
    const rest = `*and ${permissions.length - index} more*`;
    if (index === shown || [...lines, line, rest].join('\n').length > SLACK.section)
      return [...lines, `      ◦ ${rest}`].join('\n');
    lines.push(line);
  }
  return lines.join('\n');
}

const ENFORCEMENT: Record<EnforcementClass, string> = {
  A: ':lock: The provider enforces the end: the permission that Curfew writes contains the time of the end. The access also ends when Curfew is down.',
  B: ':lock: The credential expires at the end: nobody can log in with it after that, even when Curfew is down.',
  C: ':lock: Curfew revokes the access at the end, and tries again until the provider shows that it is gone.',
};

const ENFORCEMENT_UNKNOWN = ':grey_question: Curfew does not know how the end of this access is enforced.';

/** How the end of the access is enforced, and which sessions can continue after it. */
export function enforcementLines(targets: RequestView['targets']): readonly string[] {
  const classes = [
    ...new Set(
      targets.map(({ enforcement }) => (enforcement ? ENFORCEMENT[enforcement] : ENFORCEMENT_UNKNOWN)),
    ),
  ];
  const residual = Math.max(0, ...targets.map(({ residualMs }) => residualMs));
  if (residual === 0) return classes;
  const length = Number.isFinite(residual)
    ? `for up to ${formatDuration((residual / 60_000) as Minutes)}`
    : 'for as long as it stays open';
  return [...classes, `:warning: A session that is open at the end can continue ${length}.`];
}
