import type { KnownBlock } from '@slack/types';
import { escapeHidden } from '../../core/text.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { AccessList } from '../../requests/access-questions.ts';
import { ownRow } from '../../wording/access-answers.ts';
import { code, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { capped } from '../../wording/text.ts';
import { escaped } from '../mrkdwn.ts';
import { actions, button, code as preformatted, context, moreLine, paragraph, section } from './elements.ts';
import { fittingBlocks } from './fit.ts';
import { commandsFor, type HelpReader } from './help.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** How many open requests the answer to a direct message lists. */
export const DM_ENTRIES = 5;

/** A request as somebody wrote it in a direct message. `length` and `reason` are left out when they are not readable as such. */
export type WrittenRequest = Readonly<{ entitlement: string; length?: string; reason?: string }>;

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
  written: WrittenRequest,
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
            action: 'open-written-request',
            label: 'Open the form',
            value: writtenValue({ ...written, entitlement: id }),
            spoken: `Open the form, filled in: ${title}`,
          },
          { style: 'primary' },
        ),
      ]),
    ],
  };
}

/** Slack takes 2,000 characters as the value of a button. */
const VALUE_CHARACTERS = 2_000;

function writtenValue(written: WrittenRequest): string {
  const value = escapeHidden(JSON.stringify(written));
  if (value.length <= VALUE_CHARACTERS) return value;
  const { reason: _tooLong, ...others } = written;
  return JSON.stringify(others);
}

/** Parses the value of the button that opens the form filled in. Any client can send any value. */
export function parseWrittenValue(value: unknown): WrittenRequest | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const { entitlement, length, reason } = Object(JSON.parse(value)) as Record<string, unknown>;
    if (typeof entitlement !== 'string') return undefined;
    return {
      entitlement,
      ...(typeof length === 'string' ? { length } : {}),
      ...(typeof reason === 'string' ? { reason: capped(reason, LIMITS.reasonLength) } : {}),
    };
  } catch {
    return undefined;
  }
}
