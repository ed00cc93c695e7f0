import type { KnownBlock, RichTextBlock } from '@slack/types';
import type { DescribedTarget } from '../../core/target.ts';
import { endNotes } from '../../wording/enforcement.ts';
import { oneLine } from '../../core/text.ts';
import { capped, capitalized } from '../../wording/text.ts';
import { bytesOf, exact } from './elements.ts';

const MAX_PERMISSIONS = 12;

/**
 * Every target of a request, under a heading: an approver approves exactly what the card shows (I11). When it does
 * not fit in `bytes`, fewer permissions of each target are shown and the others are counted.
 */
export function targetBlocks(
  heading: RichTextBlock,
  targets: readonly DescribedTarget[],
  bytes: number,
): readonly KnownBlock[] {
  for (let shown = MAX_PERMISSIONS; shown >= 0; shown -= 1) {
    const blocks = [heading, targetList(targets, shown)];
    if (bytesOf(blocks) <= bytes) return blocks;
  }
  const short = targets.map((target) => ({ ...target, plain: capped(target.plain, 60) }));
  return [heading, targetList(short, 0)];
}

/** The targets, each with its first `shown` permissions. */
const targetList = (targets: readonly DescribedTarget[], shown: number): RichTextBlock =>
  exact(targets.map((target) => targetText(target, shown)).join('\n'));

/** The permissions that are not shown are counted, so that the reader knows of them. */
function targetText({ plain, permissions }: DescribedTarget, shown: number): string {
  const more = permissions.length - shown;
  const lines = [...permissions.slice(0, shown), ...(more > 0 ? [`and ${more} more`] : [])];
  return [targetLine(plain), ...lines.map((line) => `      ◦ ${oneLine(line)}`)].join('\n');
}

/** The line of a target in a list. */
export const targetLine = (plain: string): string => `• ${capitalized(oneLine(plain))}`;

const ICON = { enforced: ':lock:', outlasted: ':warning:' } as const;

/** How the end of the access is enforced, and which sessions can continue after it. */
export const endLines = (targets: readonly DescribedTarget[]): readonly string[] =>
  endNotes(targets).map(({ kind, text }) => `${ICON[kind]} ${text}`);
