import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import { capped, inert } from '../../wording/text.ts';

/** Slack's own limits where we could reach them. https://docs.slack.dev/reference/block-kit/blocks */
export const SLACK = {
  section: 3000,
  context: 3000,
  button: 75,
  option: 75,
  header: 150,
  /** Bytes of all blocks of a message. Slack gives no number; it was seen to refuse a little above 13,000. */
  message: 12_000,
} as const;

export const bytesOf = (blocks: readonly KnownBlock[]): number => Buffer.byteLength(JSON.stringify(blocks));

export const plain = (text: string, most: number = SLACK.option): PlainTextElement => ({
  type: 'plain_text',
  text: capped(inert(text), most),
  emoji: false,
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, SLACK.header) });

/** A paragraph of our own words; everything from elsewhere in it went through `escaped`. */
export const section = (mrkdwn: string, id?: string): SectionBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: capped(mrkdwn, SLACK.section), verbatim: true },
  ...(id === undefined ? {} : { block_id: id }),
});

export const context = (...lines: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: lines
    .slice(0, 10)
    .map((line) => ({ type: 'mrkdwn', text: capped(line, SLACK.context), verbatim: true })),
});

/** What a person wrote, as a quote in which nothing is markup, a mention or a link; cut at `most` bytes. */
export const quote = (text: string, most: number = SLACK.message): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: cut(inert(text), most) || ' ' }] }],
});

function cut(text: string, most: number): string {
  let points = [...text].length;
  let shown = text;
  while (Buffer.byteLength(shown) > most) shown = capped(text, (points = Math.floor(points * 0.9)));
  return shown;
}

export const code = (text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: inert(text) || ' ' }] }],
});

type ButtonWords = Readonly<{ action: string; label: string; value: string; reads?: string }>;

export const button = ({ action, label, value, reads }: ButtonWords, more: Partial<Button> = {}): Button => ({
  type: 'button',
  action_id: action,
  text: plain(label, SLACK.button),
  value,
  ...(reads === undefined ? {} : { accessibility_label: capped(inert(reads), SLACK.button) }),
  ...more,
});

export const actions = (id: string, buttons: readonly Button[]): readonly ActionsBlock[] =>
  buttons.length === 0 ? [] : [{ type: 'actions', block_id: id, elements: [...buttons] }];

/** Says how many were left out, and how to see them. */
export const andMore = (more: number, how: string): readonly ContextBlock[] =>
  more > 0 ? [context(`and ${more} more: ${how}`)] : [];

export const divider: KnownBlock = { type: 'divider' };
