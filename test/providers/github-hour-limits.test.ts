import { expect, test } from '@jest/globals';
import { openHourLimits } from '../../providers/github/hour-limits.ts';

const DATE = new Date('2027-01-02T12:00:00Z');
const answer = (remaining: number) =>
  new Headers({
    ...{ date: DATE.toUTCString(), 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': `${remaining}` },
    'x-ratelimit-reset': `${DATE.getTime() / 1000 + 600}`,
  });

const OPEN = { removal: 0, other: 0 };

test.each([
  ['half of the hour is left: every call may be made', 2_500, OPEN],
  [
    'less than half is left: only removals until the reset, by the clock of GitHub (I25)',
    2_499,
    { removal: 0, other: 600_000 },
  ],
  [
    'nothing is left: no call until the reset, also no removal (F11)',
    0,
    { removal: 600_000, other: 600_000 },
  ],
])('%s', (_, remaining, closedMs) => {
  const hours = openHourLimits(() => 1_000);
  hours.note('core', answer(remaining));
  expect([hours.closedMs('core'), hours.closedMs('graphql')]).toEqual([closedMs, OPEN]);
});

test('after the reset, and after an answer of the next hour, every call may be made', () => {
  let now = 0;
  const hours = openHourLimits(() => now);
  hours.note('core', answer(0));
  now = 600_000;
  expect(hours.closedMs('core')).toEqual(OPEN);
  now = 0;
  hours.note('core', new Headers());
  expect(hours.closedMs('core')).toEqual({ removal: 600_000, other: 600_000 });
  hours.note('core', answer(4_999));
  expect(hours.closedMs('core')).toEqual(OPEN);
});
