import type { KnownBlock } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { historyLines } from '../../wording/history.ts';
import { code, type Phrase, phrase } from '../../wording/phrase.ts';
import { bulletList, bytesOf } from './elements.ts';

const HEADING = 'History';
const MOST_LINES = 8;
/** So that the requested access still fits on the card. */
const MOST_BYTES = 3_000;

/**
 * The last steps of a request on its card, as a list, oldest first. A request that was only made has no history yet.
 */
export function historyBlocks({ id, trail, title, nameOf }: RequestView): readonly KnownBlock[] {
  const lines = historyLines(
    trail.map(({ event }) => event),
    title,
  );
  if (lines.length < 2) return [];
  for (let shown = Math.min(lines.length, MOST_LINES); shown > 0; shown -= 1) {
    const block = bulletList([...earlier(id, lines.length - shown), ...lines.slice(-shown)], nameOf, HEADING);
    if (bytesOf([block]) <= MOST_BYTES) return [block];
  }
  return [bulletList(earlier(id, lines.length), nameOf, HEADING)];
}

const earlier = (request: string, count: number): readonly Phrase[] =>
  count === 0
    ? []
    : [
        phrase`${[count === 1 ? 'One earlier step' : `${count} earlier steps`]}: ${code(`/access story ${request}`)}`,
      ];
