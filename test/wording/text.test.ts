import { expect, test } from '@jest/globals';
import { capitalized, capped, inert, utcMinute } from '../../wording/text.ts';

test('a text is capped by code points, and an ellipsis shows that it was longer', () => {
  expect(capped('💥💥💥', 3)).toBe('💥💥💥');
  expect(capped('💥💥💥💥', 3)).toBe('💥💥…');
});

test('invisible and reordering characters become visible; letters, emoji and line ends stay', () => {
  expect(inert('a\u202eb\u200bc\u0007')).toBe('a▯b▯c▯');
  expect(inert('Ada Novák 💥\nзаказы')).toBe('Ada Novák 💥\nзаказы');
  expect(inert('a\ud800')).toBe('a\ufffd');
  expect(inert('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻')).toBe('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻');
  expect(inert('pay\u200dpal 💥\u200dx')).toBe('pay▯pal 💥▯x');
});

test.each<[string, readonly number[]]>([
  ['control characters', [0x00, 0x08, 0x0b, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x9f]],
  ['invisible letters', [0xad, 0x061c, 0x180e, 0x200b, 0x200c, 0xfeff]],
  ['marks, line separators and changes of direction', [0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e]],
  ['invisible operators and isolates', [0x2060, 0x2064, 0x2066, 0x2069, 0x206a, 0x206f]],
  ['tags, which can hide a whole text', [0xe0000, 0xe0001, 0xe0020, 0xe0041, 0xe007f]],
])('a box is shown for each of the %s', (_what, points) =>
  expect(points.map((point) => inert(`a${String.fromCodePoint(point)}b`))).toEqual(points.map(() => 'a▯b')),
);

test('tabs, line ends and the spaces and letters beside what is invisible stay', () => {
  const text = String.fromCodePoint(
    ...[0x09, 0x0a, 0x20, 0x7e, 0xa0, 0xac, 0xae, 0x2007, 0x2010, 0x2030, 0x205f, 0x2070],
  );
  expect(inert(text)).toBe(text);
});

test('the first letter is capitalized, and the others stay', () => {
  expect([capitalized('owns R&D'), capitalized('')]).toEqual(['Owns R&D', '']);
});

test('a time is shown in UTC, to the minute', () => {
  expect(utcMinute(Date.UTC(2026, 0, 5, 12, 1, 59))).toBe('2026-01-05 12:01 UTC');
});
