import type { Sight, Entitlement } from '../../policy/index.ts';
import { type RenderedMessage, fittingBlocks } from './rendered-message.ts';
import { section, actions, button, code as preformatted, context, moreLine, paragraph } from './elements.ts';
import type { KnownBlock } from '@slack/types';
import type { AccessList } from '../../requests/access-questions.ts';
import { ownRow } from '../../wording/access-answers.ts';
import { code, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { escaped } from './mrkdwn.ts';
import { type Draft, draftValue } from './form-fields.ts';

/** For whom the help is: what the policy lets them see, and the ids of what they can request. */
export type HelpReader = Readonly<{ sight: Sight; requestable: readonly string[] }>;

/** A short help of lines that can be copied. Without a reader it has what everybody can try. */
export function helpMessage(reader?: HelpReader): RenderedMessage {
  const lines = commandsFor(reader).map(([command, does]) => `\`${command}\`  ${does}`);
  return {
    text: 'How to use /access',
    blocks: [section(lines.join('\n')), section(lastSentences(reader))],
  };
}

function lastSentences(reader: HelpReader | undefined): string {
  const home = reader?.sight.isAuditor
    ? 'Your *Home* tab shows all live access, and what was closed and refused.'
    : 'Your *Home* tab shows your access and the requests that wait for you.';
  return reader?.requestable.length === 0
    ? `Everything is recorded. ${home}`
    : `Curfew asks the approvers in Slack. Your access expires by itself at the time that is shown. Everything is recorded. ${home}`;
}

type Line = readonly [command: string, does: string];

/** The commands that fit this person, with an entitlement and a person whom they may name. */
export function commandsFor(reader: HelpReader | undefined): readonly Line[] {
  const requestable = reader?.requestable ?? ['orders-db'];
  const [example] = requestable;
  return [
    ...(example === undefined
      ? []
      : ([
          ['/access', 'request access with a form'],
          [`/access ${example} 2h why you need it`, 'request access in one line: what, for how long, why'],
          ['/access list', 'show what you can request, and your open requests'],
        ] as const)),
    ...(reader ? questionsFor(reader, example) : []),
    ['/access help', 'show this help'],
  ];
}

function questionsFor({ sight }: HelpReader, example: string | undefined): readonly Line[] {
  const { isAuditor, isSecurity, owns, approves, manages, reader } = sight;
  const [visible] = [...owns, ...approves];
  const entitlement = visible ?? (isAuditor ? (example ?? 'orders-db') : undefined);
  const [managed] = manages;
  const lines: readonly (Line | undefined)[] = [
    ['/access mine', 'what you have, what you wait for, how your last requests ended'],
    approves.size > 0 ? ['/access waiting', 'what waits for your decision'] : undefined,
    ['/access live', isAuditor || isSecurity ? 'all live access' : 'all live access that you can see'],
    entitlement === undefined
      ? undefined
      : [
          `/access who ${entitlement}`,
          'who has it, and who waits for it; with `at yesterday 14:00`, who had it then',
        ],
    managed !== undefined || isAuditor
      ? [`/access who has ${managed ?? reader}`, 'what a person has']
      : undefined,
    ['/access end', 'end all your access at once, or what else you may end; it asks first'],
    ['/access story 8n0p4x7q', 'everything that happened to a request, by the end of its id'],
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [line]));
}

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
