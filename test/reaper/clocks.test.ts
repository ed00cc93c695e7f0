import { expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { earliest, skewOf, skewWarnings } from '../../reaper/clocks.ts';

const clock = (at: number, stepMs = 1) => ({ where: 'GitHub', at: at as Instant, stepMs });
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

test('of several clocks the earliest decides, and no clock delays nothing', () => {
  expect([earliest([clock(5), clock(3)]), earliest([])]).toEqual([3, undefined]);
});
