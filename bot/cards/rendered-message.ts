import type { KnownBlock, ContextBlock } from '@slack/types';
import { bytesOf, SLACK, paragraphs, context } from './elements.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { mention, mrkdwn, mrkdwnWithIds } from './mrkdwn.ts';
import type { NameOf } from './rich-text.ts';
import type { RequestView } from '../../requests/view.ts';

/** A message for Slack: the blocks, and one full sentence for screen readers and notifications. */
export type RenderedMessage = Readonly<{ text: string; blocks: KnownBlock[] }>;

/** Bytes of what a person wrote, so that the requested access still fits. A thousand letters fit, or 500 emoji. */
export const FREE_TEXT_BYTES = 2_000;

/** All blocks of a message. The blocks in the middle get the bytes that the others leave. */
export const fitBetween = (
  before: readonly KnownBlock[],
  middle: (bytes: number) => readonly KnownBlock[],
  after: readonly KnownBlock[],
): KnownBlock[] => [...before, ...middle(SLACK.message - bytesOf([...before, ...after])), ...after];

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

/** A message of phrases, each in a line of its own. Without `nameOf` people are called by their ids. */
export const phraseMessage = (phrases: readonly Phrase[], nameOf?: NameOf): RenderedMessage => ({
  text: phrases.map((each) => (nameOf ? mrkdwn(each, mention(nameOf)) : mrkdwnWithIds(each))).join('\n'),
  blocks: [paragraphs(phrases, nameOf)],
});

/** Where the console shows the request with its evidence, when there is a console. The address is ours. */
export const linkLine = ({ link }: Pick<RequestView, 'link'>): readonly ContextBlock[] =>
  link === undefined ? [] : [context(`<${link}|Open it in the console>`)];
