import { describe, expect, test } from '@jest/globals';
import { escapeHidden, isBlank, oneLine, visible } from '../../core/text.ts';

const text = (...points: readonly number[]): string => String.fromCodePoint(...points);
const BOX = '▯';

describe('a text in which a reader sees nothing is blank (T48)', () => {
  test.each<[string, readonly number[]]>([
    ['no character', []],
    ['spaces, tabs and line ends', [0x20, 0x09, 0x0a, 0x0d, 0x0b, 0x0c, 0x85]],
    ['spaces of other widths', [0xa0, 0x1680, 0x2000, 0x200a, 0x202f, 0x205f, 0x3000]],
    ['separators of lines and paragraphs', [0x2028, 0x2029]],
    ['control characters', [0x00, 0x07, 0x1b, 0x7f, 0x80, 0x9b, 0x9f]],
    ['a Hangul filler', [0x3164]],
    ['the other fillers', [0xffa0, 0x115f, 0x1160]],
    ['a Braille cell without dots', [0x2800]],
    ['characters of no width', [0x200b, 0x200c, 0x200d, 0x2060, 0xfeff]],
    ['changes of direction', [0x200e, 0x200f, 0x061c, 0x202a, 0x202e, 0x2066, 0x2069]],
    ['soft hyphens and joiners of letters', [0xad, 0x034f, 0x17b4, 0x17b5, 0x180e]],
    ['selectors of a variant', [0xfe00, 0xfe0f, 0xe0100, 0xe01ef, 0x180b]],
    ['tags, which can hide a whole text', [0xe0001, 0xe0041, 0xe007f]],
    ['spaces between characters that are not drawn', [0x200b, 0x20, 0x3164, 0x0a, 0x2800]],
  ])('%s', (_what, points) => expect(isBlank(text(...points))).toBe(true));

  test.each<[string, readonly number[]]>([
    ['a letter', [0x61]],
    ['a Hangul letter between fillers', [0x3164, 0xac00, 0x3164]],
    ['a full stop', [0x2e]],
    ['a Braille cell with a dot', [0x2801]],
    ['an emoji of several parts', [0x1f469, 0x200d, 0x1f467]],
    ['a box that stands for a hidden character', [0x25af]],
  ])('%s is seen', (_what, points) => expect(isBlank(text(...points))).toBe(false));
});

test('invisible and reordering characters become visible; letters, emoji and line ends stay', () => {
  expect(visible('a\u202eb\u200bc\u0007')).toBe('a▯b▯c▯');
  expect(visible('Ada Novák 💥\nзаказы')).toBe('Ada Novák 💥\nзаказы');
  expect(visible('a\ud800')).toBe('a\ufffd');
  expect(visible('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻')).toBe('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻');
  expect(visible('pay\u200dpal 💥\u200dx')).toBe('pay▯pal 💥▯x');
});

test.each<[string, readonly number[]]>([
  ['control characters', [0x00, 0x08, 0x0b, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x9f]],
  ['invisible letters', [0xad, 0x061c, 0x180e, 0x200b, 0x200c, 0xfeff]],
  ['marks, line separators and changes of direction', [0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e]],
  ['invisible operators and isolates', [0x2060, 0x2064, 0x2066, 0x2069, 0x206a, 0x206f]],
  ['tags, which can hide a whole text', [0xe0000, 0xe0001, 0xe0020, 0xe0041, 0xe007f]],
])('a box is shown for each of the %s', (_what, points) =>
  expect(points.map((point) => visible(`a${String.fromCodePoint(point)}b`))).toEqual(points.map(() => 'a▯b')),
);

test('tabs, line ends and the spaces and letters beside what is invisible stay', () => {
  const text = String.fromCodePoint(
    ...[0x09, 0x0a, 0x20, 0x7e, 0xa0, 0xac, 0xae, 0x2007, 0x2010, 0x2030, 0x205f, 0x2070],
  );
  expect(visible(text)).toBe(text);
});

test('a selector is part of an emoji or of a keycap only, and each other one is shown', () => {
  const kept = ['❤️', '1️⃣', '🏳️‍🌈', '👁️‍🗨️', '🧔‍♂️'];
  expect(kept.map(visible)).toEqual(kept);
  expect(['a\ufe0f', '1\ufe0f', '❤\ufe0f\ufe0f', 'a\ufe0f\u200d💥'].map(visible)).toEqual([
    `a${BOX}`,
    `1${BOX}`,
    `❤\ufe0f${BOX}`,
    `a${BOX}${BOX}💥`,
  ]);
});

test.each<[string, readonly number[]]>([
  ['fillers', [0x115f, 0x1160, 0x3164, 0xffa0]],
  ['a Braille cell without dots', [0x2800]],
  ['joiners of letters, vowels that are not drawn, selectors', [0x034f, 0x17b4, 0xfe00, 0xe0100, 0x180b]],
])('a box is shown for each of the %s', (_what, points) =>
  expect(points.map((point) => visible(`a${text(point)}b`))).toEqual(points.map(() => `a${BOX}b`)),
);

test('one line has a box for each line end and tab too, and the rest as it is visible (T48)', () => {
  expect(oneLine('x.\n:tada: Closed by Sam Rao.\r\n\tend\u2028')).toBe(
    `x.${BOX}:tada: Closed by Sam Rao.${BOX}${BOX}${BOX}end${BOX}`,
  );
  expect(oneLine('Ada Novák 👩🏽‍💻 заказы\u202e')).toBe(`Ada Novák 👩🏽‍💻 заказы${BOX}`);
  expect(oneLine('a\ud800')).toBe('a\ufffd');
});

test('JSON for a terminal has each hidden character escaped, is the same value, and keeps its lines (T48)', () => {
  const value = { a: 'x\u009by', b: '\u202e', c: String.fromCodePoint(0xe0041), d: 'plain' };
  const json = JSON.stringify(value, null, 1);
  expect(escapeHidden(json)).toBe(
    String.raw`{
 "a": "x\u009by",
 "b": "\u202e",
 "c": "\udb40\udc41",
 "d": "plain"
}`,
  );
  expect(JSON.parse(escapeHidden(json))).toEqual(value);
});

test('the selector that shows an emoji as text stays beside it', () =>
  expect(visible('\u2764\ufe0e')).toBe('\u2764\ufe0e'));
