import { expect, test } from '@jest/globals';
import { capitalized, capped, utcMinute } from '../../wording/text.ts';

test('a text is capped by code points, and an ellipsis shows that it was longer', () => {
  expect(capped('💥💥💥', 3)).toBe('💥💥💥');
  expect(capped('💥💥💥💥', 3)).toBe('💥💥…');
});

test('the first letter is capitalized, and the others stay', () => {
  expect([capitalized('owns R&D'), capitalized('')]).toEqual(['Owns R&D', '']);
});

test('a time is shown in UTC, to the minute', () => {
  expect(utcMinute(Date.UTC(2026, 0, 5, 12, 1, 59))).toBe('2026-01-05 12:01 UTC');
});
