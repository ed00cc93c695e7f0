import type { RenderedMessage } from '../../bot/cards/rendered-message.ts';

/** The number of lines that a person sees. */
export const helpLines = ({ blocks }: RenderedMessage): number =>
  blocks.flatMap((block) => (block.type === 'section' ? (block.text?.text.split('\n') ?? []) : [])).length;
