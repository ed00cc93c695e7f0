import { expect, test } from '@jest/globals';
import { memoryTable } from '../../bench/table.ts';

const MB = 1024 * 1024;

test('the memory of a lease is the difference to the point before, divided by the leases between them', () => {
  const points = [
    { leases: 40, bytes: 200 * MB },
    { leases: 140, bytes: 210 * MB },
  ];
  expect(
    memoryTable({ points })
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/)),
  ).toEqual([
    ['live leases', 'MB', 'KB for each lease more'],
    ['40', '200'],
    ['140', '210', '102'],
  ]);
});
