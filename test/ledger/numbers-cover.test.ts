import { expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { coverOf, type KeptTime } from '../../ledger/numbers/cover.ts';

// Days 0 to 9, and the "month" of the days 3 to 5, which has its id 100.
const day = (number: number): KeptTime => ({
  ...{ id: number, from: (number * 10) as Instant, before: (number * 10 + 10) as Instant },
});
const month: KeptTime = { id: 100, from: 30 as Instant, before: 60 as Instant };
const ALL = [day(0), day(1), day(2), month, ...[3, 4, 5, 6, 7, 8, 9].map(day)];

type Row = readonly [
  name: string,
  from: number,
  to: number,
  times: readonly KeptTime[],
  ids: readonly number[],
  gaps: readonly object[],
];
const ROWS: readonly Row[] = [
  ['nothing is kept', 5, 25, [], [], [{ from: 5 }]],
  ['a day that begins and ends with the time', 10, 20, ALL, [1], [{ from: 20 }]],
  ['a day of which the last moment is not in the time', 10, 19, ALL, [], [{ from: 10 }]],
  ['days with parts of days around them', 5, 25, ALL, [1], [{ from: 5, before: 10 }, { from: 20 }]],
  ['a month instead of its days', 30, 60, ALL, [100], [{ from: 60 }]],
  ['days around a month', 15, 79, ALL, [2, 100, 6], [{ from: 15, before: 20 }, { from: 70 }]],
  ['a month that is in the time only in part', 40, 60, ALL, [4, 5], [{ from: 60 }]],
  [
    'a day that changed, so that it is not kept',
    0,
    30,
    [day(0), day(2)],
    [0, 2],
    [{ from: 10, before: 20 }, { from: 30 }],
  ],
  [
    'a month that changed, so that its days count',
    30,
    65,
    [day(3), day(5)],
    [3, 5],
    [{ from: 40, before: 50 }, { from: 60 }],
  ],
];

test.each(ROWS)('a time is covered: %s', (_, from, to, times, kept, gaps) => {
  expect(coverOf({ from: from as Instant, to: to as Instant }, times)).toEqual({ kept, gaps });
});
