import { describe, expect, test } from '@jest/globals';
import { isBlank } from '../../core/text.ts';

const text = (...points: readonly number[]): string => String.fromCodePoint(...points);

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
