import type { KnownBlock } from '@slack/types';
import { bytesOf, SLACK } from './elements.ts';

/** As many items from the beginning as fit. */
export function longestStart<T>(all: readonly T[], fits: (some: readonly T[]) => boolean): readonly T[] {
  let length = all.length;
  while (length > 0 && !fits(all.slice(0, length))) length -= 1;
  return all.slice(0, length);
}

/** As many blocks from the beginning as fit into a message beside `others`. */
export const fittingBlocks = (
  all: readonly KnownBlock[],
  others: readonly KnownBlock[],
): readonly KnownBlock[] => {
  const room = SLACK.message - bytesOf(others);
  return longestStart(all, (some) => bytesOf(some) <= room);
};
