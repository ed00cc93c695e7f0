import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextSection,
  SectionBlock,
} from '@slack/types';
import { oneLine, visible } from '../../core/text.ts';
import { emphasis, type Phrase } from '../../wording/phrase.ts';
import { capped } from '../../wording/text.ts';
import { type NameOf, richText } from './rich-text.ts';

/** Those of Slack's limits that our messages can reach. https://docs.slack.dev/reference/block-kit/blocks */
export const SLACK = {
  section: 3000,
  context: 3000,
  button: 75,
  buttonValue: 2000,
  optionValue: 150,
  options: 100,
  option: 75,
  header: 150,
  confirm: 300,
  /** Bytes of all blocks of a message. Slack documents no number; it refuses a little above 13,000. */
  message: 12_000,
} as const;

export const bytesOf = (blocks: readonly KnownBlock[]): number => Buffer.byteLength(JSON.stringify(blocks));

export const plain = (text: string, most: number = SLACK.option): PlainTextElement => ({
  type: 'plain_text',
  text: capped(oneLine(text), most),
  emoji: false,
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, SLACK.header) });

/** A paragraph of mrkdwn, for text of our own. Text from elsewhere in it is already `escaped`. */
export const section = (mrkdwn: string): SectionBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cappedMrkdwn(mrkdwn, SLACK.section), verbatim: true },
});

/** Small text. A line is mrkdwn of our own, or plain text. */
export const context = (...lines: readonly (string | PlainTextElement)[]): ContextBlock => ({
  type: 'context',
  elements: lines
    .slice(0, 10)
    .map((line) =>
      typeof line === 'string'
        ? { type: 'mrkdwn', text: cappedMrkdwn(line, SLACK.context), verbatim: true }
        : line,
    ),
});

/** Cuts mrkdwn, and leaves no half of an escaped character (`&amp;`), of a mention or of a date (`<…>`) at its end. */
const cappedMrkdwn = (mrkdwn: string, most: number): string =>
  capped(mrkdwn, most).replace(/(&[a-z]*|<[^>]*)…$/, '…');

const IDS_ONLY: NameOf = (person) => ({ name: person });

type Icon =
  | 'warning'
  | 'alarm_clock'
  | 'hourglass_flowing_sand'
  | 'gear'
  | 'large_green_circle'
  | 'white_circle';

/** A paragraph of a phrase, after an icon when there is one. Without `nameOf` people are called by their ids. */
export const paragraph = (phrase: Phrase, nameOf = IDS_ONLY, icon?: Icon): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        ...(icon
          ? ([
              { type: 'emoji', name: icon },
              { type: 'text', text: ' ' },
            ] as const)
          : []),
        ...richText(phrase, nameOf),
      ],
    },
  ],
});

/** Several phrases, each in a line of its own. */
export const paragraphs = (phrases: readonly Phrase[], nameOf = IDS_ONLY): RichTextBlock => ({
  type: 'rich_text',
  elements: phrases.map((phrase) => lineOf(phrase, nameOf)),
});

const lineOf = (phrase: Phrase, nameOf: NameOf): RichTextSection => ({
  type: 'rich_text_section',
  elements: [...richText(phrase, nameOf)],
});

/** A list with a bullet before each phrase, below a heading when there is one. */
export const bulletList = (phrases: readonly Phrase[], nameOf: NameOf, heading?: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    ...(heading === undefined ? [] : [lineOf(emphasis([heading]), nameOf)]),
    { type: 'rich_text_list', style: 'bullet', elements: phrases.map((phrase) => lineOf(phrase, nameOf)) },
  ],
});

const verbatim = (type: 'rich_text_quote' | 'rich_text_preformatted', text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type, elements: [{ type: 'text', text: visible(text) || ' ' }] }],
});

/**
 * A quote of what a person wrote, in which Slack reads no markup either. It can have several lines, because Slack marks
 * each of them as a quotation. It has at most `most` bytes.
 */
export const quote = (text: string, most: number = SLACK.message): RichTextBlock =>
  verbatim('rich_text_quote', cappedBytes(visible(text), most));

function cappedBytes(text: string, most: number): string {
  let points = [...text].length;
  let shown = text;
  while (Buffer.byteLength(shown) > most) shown = capped(text, (points = Math.floor(points * 0.9)));
  return shown;
}

export const code = (text: string): RichTextBlock => verbatim('rich_text_preformatted', text);

/** `spoken` is what a screen reader says instead of the label. It begins with the label, which people say to click it. */
type ButtonText = Readonly<{ action: string; label: string; value?: string; spoken?: string }>;

export const button = ({ action, label, value, spoken }: ButtonText, more: Partial<Button> = {}): Button => ({
  type: 'button',
  action_id: action,
  text: plain(label, SLACK.button),
  ...(value === undefined ? {} : { value }),
  ...(spoken === undefined ? {} : { accessibility_label: capped(oneLine(spoken), SLACK.button) }),
  ...more,
});

export const actions = (id: string, buttons: readonly Button[]): readonly ActionsBlock[] =>
  buttons.length === 0 ? [] : [{ type: 'actions', block_id: id, elements: [...buttons] }];

/** How many entries are not shown, and how to see them. */
export const moreLine = (more: number, how: string): readonly ContextBlock[] =>
  more > 0 ? [context(`and ${more} more: ${how}`)] : [];

type Part = Readonly<{ from: number; shown: number; count: number; command: string }>;

/** How many entries come after those that are shown, and the command that shows them. */
export function partLine({ from, shown, count, command }: Part): readonly KnownBlock[] {
  if (from > 0 && shown === 0 && count > 0)
    return [context(`There are only ${count}: \`${command}\` shows them from the beginning.`)];
  const rest = count - from - shown;
  return moreLine(rest, `\`${command} from ${from + shown + 1}\``);
}

export const divider: KnownBlock = { type: 'divider' };
