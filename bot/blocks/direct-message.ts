import type { KnownBlock } from '@slack/types';
import type { Entitlement } from '../../policy/index.ts';
import type { AccessList } from '../../requests/access-questions.ts';
import { ownRow } from '../../wording/access-answers.ts';
import { code, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { escaped } from '../mrkdwn.ts';
import { type Draft, draftValue } from './draft.ts';
import { actions, button, code as preformatted, context, moreLine, paragraph, section } from './elements.ts';
import { fittingBlocks, type RenderedMessage } from './rendered-message.ts';
import { commandsFor, type HelpReader } from './help.ts';

/** How many open requests the answer to a direct message lists. */
export const DM_ENTRIES = 5;

/** What the person has and can do. `open`: their live and pending requests. */
export type DirectMessageHelp = Readonly<{ reader: HelpReader; open: AccessList }>;

/** The answer to a direct message that is no command: what the person has, and what they can type. */
export function directMessageHelp({ reader, open }: DirectMessageHelp): RenderedMessage {
  const lines = commandsFor(reader).map(([command, does]) => `\`${command}\`  ${does}`);
  const last = [
    section(`*What you can type*, here or anywhere in Slack:\n${lines.join('\n')}`),
    ...(reader.requestable.length === 0
      ? []
      : actions('dm-request', [
          button({ action: 'open-request-form', label: 'Request access' }, { style: 'primary' }),
        ])),
  ];
  const first = [
    paragraph(
      phrase`I am a program, so I answer commands only. Nothing was requested or decided by your message.`,
    ),
    ...(open.count === 0 ? [] : [paragraph(emphasis(['Your access and your pending requests']))]),
  ];
  const rows = fittingBlocks(
    open.views.map((view) => paragraph(ownRow(view), view.nameOf)),
    [...first, ...last, ...ROOM],
  );
  return {
    text: 'I answer commands only. /access help shows what you can type.',
    blocks: [...first, ...rows, ...moreLine(open.count - rows.length, '`/access mine` shows them'), ...last],
  };
}

const ROOM: readonly KnownBlock[] = [context('x'.repeat(100))];

/** The answer to a direct message that reads like a request: how to send it, and a button that opens the form filled in. */
export function writtenRequestMessage(
  written: Draft,
  { id, title }: Pick<Entitlement, 'id' | 'title'>,
): RenderedMessage {
  const { length, reason } = written;
  const line = `/access ${id} ${length ?? '2h'} ${reason ?? 'why you need it'}`.replaceAll(/\s+/g, ' ');
  return {
    text: `Nothing was requested yet. To request ${escaped(title)}, type it after /access, or use the form.`,
    blocks: [
      paragraph(
        phrase`Nothing was requested yet. To request ${emphasis(quoted(title))}, type it after ${code('/access')}:`,
      ),
      preformatted(line),
      ...actions('dm-written', [
        button(
          {
            action: 'open-draft',
            label: 'Open the form',
            value: draftValue({ ...written, entitlement: id }),
            spoken: `Open the form, filled in: ${title}`,
          },
          { style: 'primary' },
        ),
      ]),
    ],
  };
}
