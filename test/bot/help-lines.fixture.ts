import type { Drawn } from '../../bot/blocks/request-card.ts';

/** How many lines a person would see. */
export const helpLines = ({ blocks }: Drawn): number =>
  blocks.flatMap((block) => (block.type === 'section' ? (block.text?.text.split('\n') ?? []) : [])).length;
