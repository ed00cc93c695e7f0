import { expect, test } from '@jest/globals';
import { relative } from '../../console/parts/time.tsx';
import type { Instant } from '../../core/ids.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const NOW = 1_764_000_000_000 as Instant;

test.each([
  ['less than half a second', 400, 'in 0 s'],
  ['almost a minute', 59.6 * SECOND, 'in 1 min'],
  ['a minute and a half', 1.5 * MINUTE, 'in 2 min'],
  ['almost two hours', 119 * MINUTE, 'in 2 h'],
  ['less than an hour and a half', 89 * MINUTE, 'in 1 h'],
  ['almost two days', 47 * HOUR, 'in 47 h'],
  ['more than two days and a half', 2.6 * DAY, 'in 3 d'],
  ['almost two hours ago', -119 * MINUTE, '2 h ago'],
  ['now', 0, '0 s ago'],
])('beside a time, the distance is rounded to the nearest: %s', (_what, ms, text) =>
  expect(relative((NOW + ms) as Instant, NOW)).toBe(text),
);
