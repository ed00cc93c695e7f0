import { describe, expect, test } from '@jest/globals';
import {
  actions,
  button,
  code,
  context,
  header,
  moreLine,
  paragraph,
  plain,
  quote,
  section,
} from '../../bot/cards/elements.ts';
import { code as codeOf, emphasis, phrase } from '../../wording/phrase.ts';
import { linesOf } from './block-lines.fixture.ts';

const long = (length: number) => 'x'.repeat(length);
const cut = (length: number) => `${long(length - 1)}…`;
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
const label = (text: string) => ({ type: 'plain_text', text, emoji: false });
const richText = (type: string, text: string) => ({
  type: 'rich_text',
  elements: [{ type, elements: [{ type: 'text', text }] }],
});
const TEN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const press = { action: 'end', label: 'End', value: 'v' };

describe('an element is cut where Slack would refuse it', () => {
  test.each<[string, unknown, unknown]>([
    ['a paragraph', section(long(3_000)), { type: 'section', text: mrkdwn(long(3_000)) }],
    ['a long paragraph', section(long(3_001)), { type: 'section', text: mrkdwn(cut(3_000)) }],
    [
      'a paragraph, before an escaped character',
      section(`${long(2_996)}&amp;y`),
      { type: 'section', text: mrkdwn(`${long(2_996)}…`) },
    ],
    [
      'a paragraph, before a mention',
      section(`${long(2_990)}<@U0ANAFERR1>`),
      { type: 'section', text: mrkdwn(`${long(2_990)}…`) },
    ],
    [
      'a paragraph, before a time',
      section(`${long(2_970)}<!date^1767614400^ends {time}|ends 12:00 UTC>`),
      { type: 'section', text: mrkdwn(`${long(2_970)}…`) },
    ],
    [
      'a paragraph, after a mention',
      section(`<@U1>${long(3_000)}`),
      { type: 'section', text: mrkdwn(`<@U1>${long(2_994)}…`) },
    ],
    [
      'small text, before an escaped character',
      context(`${long(2_998)}&lt;`),
      { type: 'context', elements: [mrkdwn(`${long(2_998)}…`)] },
    ],
    ['small text', context(long(3_000)), { type: 'context', elements: [mrkdwn(long(3_000))] }],
    ['long small text', context(long(3_001)), { type: 'context', elements: [mrkdwn(cut(3_000))] }],
    ['eleven lines of small text', context(...TEN, 'k'), { type: 'context', elements: TEN.map(mrkdwn) }],
    ['a heading', header(long(150)), { type: 'header', text: label(long(150)) }],
    ['a long heading', header(long(151)), { type: 'header', text: label(cut(150)) }],
    ['a label', plain(long(75)), label(long(75))],
    ['a long label', plain(long(76)), label(cut(75))],
    ['a label with more room', plain(long(151), 150), label(cut(150))],
    [
      'a long button',
      button({ ...press, label: long(76), spoken: long(76) }),
      { type: 'button', action_id: 'end', text: label(cut(75)), value: 'v', accessibility_label: cut(75) },
    ],
    ['a quote', quote(long(20), 20), richText('rich_text_quote', long(20))],
    ['a long quote', quote(long(21), 20), richText('rich_text_quote', cut(18))],
    [
      'a quote of hidden characters, whose boxes take more bytes',
      quote('\u0001'.repeat(20), 20),
      richText('rich_text_quote', '▯▯▯▯▯…'),
    ],
  ])('%s', (_what, drawn, expected) => expect(drawn).toEqual(expected));
});

describe('text that hides or reorders other text is made visible', () => {
  test.each<[string, unknown, unknown]>([
    ['in a label', plain('a\u202eb'), label('a▯b')],
    ['in a quote', quote('a\u202eb'), richText('rich_text_quote', 'a▯b')],
    ['in code', code('a\u202eb'), richText('rich_text_preformatted', 'a▯b')],
    [
      'in the spoken name of a button',
      button({ ...press, spoken: 'a\u202eb' }),
      { type: 'button', action_id: 'end', text: label('End'), value: 'v', accessibility_label: 'a▯b' },
    ],
  ])('%s', (_where, drawn, expected) => expect(drawn).toEqual(expected));
});

test('an empty text is a space, because Slack takes no empty text', () =>
  expect(quote('')).toEqual(richText('rich_text_quote', ' ')));

test('a button without a spoken name is spoken as its label, and can have a style', () =>
  expect(button(press, { style: 'danger' })).toEqual({
    type: 'button',
    action_id: 'end',
    text: label('End'),
    value: 'v',
    style: 'danger',
  }));

test('a row of buttons exists only when there is a button', () => {
  const one = button(press);
  expect(actions('row', [])).toEqual([]);
  expect(actions('row', [one])).toEqual([{ type: 'actions', block_id: 'row', elements: [one] }]);
});

test.each([
  [-1, []],
  [0, []],
  [1, ['(and 1 more: look)']],
])('of %i entries that are not shown', (more, expected) =>
  expect(linesOf(moreLine(more, 'look'))).toEqual(expected),
);

test('code in emphasis is bold code', () =>
  expect(paragraph(emphasis(phrase`run ${codeOf('ls')}`)).elements).toEqual([
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: 'run ', style: { bold: true } },
        { type: 'text', text: 'ls', style: { bold: true, code: true } },
      ],
    },
  ]));
