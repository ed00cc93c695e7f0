import type { DescribedTarget } from '../core/target.ts';
import { capped } from './text.ts';

type Sensitivity = Readonly<{
  class: string;
  targets: readonly Pick<DescribedTarget, 'plain' | 'widens'>[];
}>;

/** Code points of the names in a reason, so that it fits in a dialog of Slack. The card shows every name. */
const NAMES_LENGTH = 80;

/** Why an approval asks once more: a sentence for each reason. There is one exactly when `asksOnceMore`. */
export function onceMoreReasons({ class: sensitivity, targets }: Sensitivity): readonly string[] {
  const names = targets.filter(({ widens }) => widens).map(({ plain }) => plain);
  return [
    ...(sensitivity === 'restricted' ? ['This access is restricted.'] : []),
    ...(names.length > 0
      ? [
          `With this access a person may give themselves more access, or access that remains afterwards: ${endedAtWord(names.join('; '), NAMES_LENGTH)}`,
        ]
      : []),
  ];
}

/** A whole text with a full stop. A longer one ends after a whole word, with an ellipsis instead. */
function endedAtWord(text: string, most: number): string {
  const shown = capped(text, most);
  return shown === text ? `${text}.` : shown.replace(/[\s:;,]+\S*…$/, '…');
}
