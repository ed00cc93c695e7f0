import type { RenderedMessage } from './request-card.ts';
import { section } from './elements.ts';

const LINES = [
  ['/access', 'ask for access, in a form'],
  ['/access orders-db 2h why you need it', 'ask in one line: what, how long, why'],
  ['/access list', 'what you may ask for, and what you have'],
  ['/access help', 'this'],
] as const;

/** Short, and made of things that can be copied. */
export function help(): RenderedMessage {
  const lines = LINES.map(([command, does]) => `\`${command}\`  ${does}`);
  return {
    text: 'How to use /access',
    blocks: [
      section(lines.join('\n')),
      section(
        'The right people are asked with buttons. What you get ends by itself at the time you are told. Everything is written down. Your *Home* tab shows what you have and what waits for you.',
      ),
    ],
  };
}
