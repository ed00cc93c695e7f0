import { expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { VendorClock } from '../../providers/provider.ts';
import { clockAt, skewOf, skewWarnings } from '../../reaper/clocks.ts';

const clock = (at: number, stepMs = 1) => ({ where: 'GitHub', at: at as Instant, stepMs });
const orders = (at: number) => ({ ...clock(at), place: 'orders' });
const billing = (at: number) => ({ ...clock(at), place: 'billing' });
const asked = { from: 10_000 as Instant, to: 10_500 as Instant };

test.each([
  ['a clock that showed a moment between question and answer', clock(10_200), 0],
  ['a clock with whole seconds, rounded down before the question', clock(9_500, 1_000), 0],
  ['a clock that is ahead', clock(13_000), 2_500],
  ['a clock that is behind', clock(7_000), -2_999],
  ['a clock with whole seconds that is behind', clock(7_000, 1_000), -2_000],
])('%s differs by the least possible time', (_what, shown, skew) => {
  expect(skewOf(shown, asked)).toBe(skew);
});

test('a clock that differs by more than 2 s is named, with the direction (I23)', () => {
  expect(skewWarnings([clock(10_200), clock(12_400), clock(20_500), clock(0)], asked)).toEqual([
    expect.stringMatching(/^The clock of GitHub is 10.0 s ahead of the clock of this machine/),
    expect.stringMatching(/^The clock of GitHub is 10.0 s behind the clock of this machine/),
  ]);
});

test.each<[string, readonly VendorClock[], string | undefined, number | undefined]>([
  ['the only clock of a provider with one place', [clock(5)], undefined, 5],
  ['the only clock of a provider, also where the object names a place', [clock(5)], 'orders', 5],
  ['the clock of its own place, not an earlier one', [orders(3), billing(9)], 'billing', 9],
  ['none where the clock of its place is not known', [orders(3)], 'billing', undefined],
  ['none where the object names no place', [orders(3), billing(9)], undefined, undefined],
  ['none where no clock is known', [], 'billing', undefined],
])('an object waits for %s (I23)', (_what, clocks, place, at) => {
  expect(clockAt(clocks, place)).toBe(at);
});
