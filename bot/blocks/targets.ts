import type { KnownBlock, RichTextBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { EnforcementClass } from '../../providers/provider.ts';
import type { RequestView, TargetView } from '../../requests/view.ts';
import { capped, capitalized } from '../../wording/text.ts';
import { bytesOf, exact, section } from './elements.ts';

const MAX_PERMISSIONS = 12;

/**
 * Every target of a request, under a heading: an approver approves exactly what the card shows (I11). When it does
 * not fit in `bytes`, fewer permissions of each target are shown and the others are counted.
 */
export function targetBlocks(
  heading: string,
  targets: RequestView['targets'],
  bytes: number,
): readonly KnownBlock[] {
  for (let shown = MAX_PERMISSIONS; shown >= 0; shown -= 1) {
    const blocks = [section(heading), targetList(targets, shown)];
    if (bytesOf(blocks) <= bytes) return blocks;
  }
  const short = targets.map((target) => ({ ...target, plain: capped(target.plain, 60) }));
  return [section(heading), targetList(short, 0)];
}

/** The targets, each with its first `shown` permissions. */
const targetList = (targets: RequestView['targets'], shown: number): RichTextBlock =>
  exact(targets.map((target) => targetText(target, shown)).join('\n'));

/** The permissions that are not shown are counted, so that the reader knows of them. */
function targetText({ plain, permissions }: TargetView, shown: number): string {
  const more = permissions.length - shown;
  const lines = [...permissions.slice(0, shown), ...(more > 0 ? [`and ${more} more`] : [])];
  return [`• ${capitalized(plain)}`, ...lines.map((line) => `      ◦ ${line}`)].join('\n');
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
