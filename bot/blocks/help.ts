import type { RenderedMessage } from './rendered-message.ts';
import { section } from './elements.ts';

const COMMANDS = [
  ['/access', 'request access with a form'],
  ['/access orders-db 2h why you need it', 'request access in one line: what, for how long, why'],
  ['/access list', 'show what you can request, and your open requests'],
  ['/access help', 'show this help'],
] as const;

/** A short help of lines that can be copied. */
export function helpMessage(): RenderedMessage {
  const lines = COMMANDS.map(([command, does]) => `\`${command}\`  ${does}`);
  return {
    text: 'How to use /access',
    blocks: [
      section(lines.join('\n')),
      section(
        'Curfew asks the approvers in Slack. Your access expires by itself at the time that is shown. Everything is recorded. Your *Home* tab shows your access and the requests that wait for you.',
      ),
    ],
  };
}
