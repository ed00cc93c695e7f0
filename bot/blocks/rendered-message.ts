import type { KnownBlock } from '@slack/types';
import { bytesOf, SLACK } from './elements.ts';

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
