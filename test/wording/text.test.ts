import { expect, test } from '@jest/globals';
import { capped, inert } from '../../wording/text.ts';

test('a text is capped by code points, and an ellipsis shows that it was longer', () => {
  expect(capped('💥💥💥', 3)).toBe('💥💥💥');
  expect(capped('💥💥💥💥', 3)).toBe('💥💥…');
});

test('invisible and reordering characters become visible; letters, emoji and line ends stay', () => {
  expect(inert('a\u202eb\u200bc\u0007')).toBe('a▯b▯c▯');
  expect(inert('Ada Novák 💥\nзаказы')).toBe('Ada Novák 💥\nзаказы');
  expect(inert('a\ud800')).toBe('a\ufffd');
  expect(inert('👩‍👩‍👧 ❤️‍🔥')).toBe('👩‍👩‍👧 ❤️‍🔥');
  expect(inert('pay\u200dpal 💥\u200dx')).toBe('pay▯pal 💥▯x');
});
