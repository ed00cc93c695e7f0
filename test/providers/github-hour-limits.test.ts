import { expect, test } from '@jest/globals';
import { openHourLimits } from '../../providers/github/hour-limits.ts';

const DATE = new Date('2027-01-02T12:00:00Z');
const answer = (remaining: number) =>
  new Headers({
    ...{ date: DATE.toUTCString(), 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': `${remaining}` },
    'x-ratelimit-reset': `${DATE.getTime() / 1000 + 600}`,
  });

test.each([
  ['half of the hour is left: every call may be made', 2_500, 0],
  ['less than half is left: only removals until the reset, by the clock of GitHub (I25)', 2_499, 600_000],
  ['nothing is left', 0, 600_000],
])('%s', (_, remaining, keptMs) => {
  const hours = openHourLimits(() => 1_000);
  hours.note('core', answer(remaining));
  expect([hours.keptMs('core'), hours.keptMs('graphql')]).toEqual([keptMs, 0]);
});

test('after the reset, and after an answer of the next hour, every call may be made', () => {
  let now = 0;
  const hours = openHourLimits(() => now);
  hours.note('core', answer(100));
  now = 600_000;
  expect(hours.keptMs('core')).toBe(0);
  now = 0;
  hours.note('core', new Headers());
  expect(hours.keptMs('core')).toBe(600_000);
  hours.note('core', answer(4_999));
  expect(hours.keptMs('core')).toBe(0);
});
