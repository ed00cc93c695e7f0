import { oneLine } from '../../core/text.ts';

/** Why a search cannot be understood. `word` is as it was written, at the place `at` of the text. `instead` may stand there in its place. */
export type Mistake = Readonly<{ at: number; word: string; says: string; instead?: string }>;

const MOST_SHOWN = 60;

/** A text of somebody in double quotes, in one line and not longer than people read. */
export function shown(text: string): string {
  const line = oneLine(text);
  return `"${[...line].length > MOST_SHOWN ? `${[...line].slice(0, MOST_SHOWN).join('')}…` : line}"`;
}

/** One line for people: what is wrong at which place, and what was perhaps meant. */
export const mistakeLine = ({ at, says, instead }: Mistake): string =>
  `At character ${at + 1}: ${says}${instead === undefined ? '' : ` Did you mean ${oneLine(instead)}?`}`;
