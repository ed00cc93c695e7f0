import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../../core/ids.ts';
import { endsSoonAt } from '../../../core/request/ends-soon.ts';
import { holds } from '../../laws.fixture.ts';
import { later, noon } from './request.fixture.ts';

test.each<[string, minutes: number, before: number]>([
  ['eight hours, 48 minutes before the end', 480, 48],
  ['two hours, twelve minutes before', 120, 12],
  ['fifty minutes, five minutes before', 50, 5],
  ['twenty minutes, five minutes before, which is more than a tenth', 20, 5],
  ['ten minutes, at half of it', 10, 5],
  ['five minutes, at half of it', 5, 2.5],
  ['one minute, at half of it', 1, 0.5],
])('access of %s', (_what, minutes, before) => {
  expect(endsSoonAt({ from: noon, endsAt: later(minutes) })).toBe(later(minutes - before));
});

holds(
  'it is never before half of the access, and never at its end or later',
  fc.integer({ min: 1, max: 43_200 }),
  (minutes) => {
    const at = endsSoonAt({ from: noon, endsAt: later(minutes) });
    expect(at).toBeGreaterThanOrEqual(later(minutes / 2));
    expect(at).toBeLessThan(later(minutes));
  },
);

test('an end that is reached already has nothing before it', () => {
  expect(endsSoonAt({ from: later(5), endsAt: later(3) as Instant })).toBe(later(3));
});
