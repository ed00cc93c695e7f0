import type { RenderedMessage } from '../../bot/blocks/request-card.ts';

/** How many lines a person would see. */
export const helpLines = ({ blocks }: RenderedMessage): number =>
  blocks.flatMap((block) => (block.type === 'section' ? (block.text?.text.split('\n') ?? []) : [])).length;
