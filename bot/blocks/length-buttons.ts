import type { Button } from '@slack/types';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Entitlement } from '../../policy/index.ts';
import { button } from './elements.ts';

/** The buttons beside the field of the length. `typed` is what the person had typed before they pressed another one. */
const LABELS = ['usual', 'half', 'longest', 'typed'] as const;

/** The action id of each button of a length. */
export const LENGTH_ACTION = new RegExp(`^length-(${LABELS.join('|')})$`);

export type LengthChoice = Readonly<{ label: (typeof LABELS)[number]; minutes: Minutes }>;

/** The lengths to offer, each once: the usual one, half of it, the longest, and the one that the person had typed. */
export function lengthChoices(
  { usual, longest }: Pick<Entitlement, 'usual' | 'longest'>,
  typed = '',
): readonly LengthChoice[] {
  const read = parseDuration(typed, longest);
  const all: readonly LengthChoice[] = [
    { label: 'usual', minutes: usual },
    { label: 'half', minutes: Math.floor(usual / 2) as Minutes },
    { label: 'longest', minutes: longest },
    ...(read.ok ? [{ label: 'typed', minutes: read.value } as const] : []),
  ];
  return all.filter(
    ({ minutes }, index) =>
      minutes >= LIMITS.shortestMinutes && all.findIndex((each) => each.minutes === minutes) === index,
  );
}

/** Each button fills in the field with its length. */
export const lengthButtons = (entitlement: Entitlement, typed?: string): readonly Button[] =>
  lengthChoices(entitlement, typed).map(({ label, minutes }) => {
    const length = formatDuration(minutes);
    const text = `${length} · ${label}`;
    return button({
      action: `length-${label}`,
      label: text,
      value: length,
      spoken: `${text}: fill in the length`,
    });
  });
