import { expect, test } from '@jest/globals';
import { rotate } from '../../reaper/rotate.ts';
import { secondsAfterNoon } from './reaper.fixture.ts';

const due = Array.from({ length: 2_000 }, (_, index) => index);
const atMinute = (minute: number) => rotate(due, secondsAfterNoon(minute * 60));

test('every pass has all tasks once, and what ended last comes first', () => {
  for (const minute of [0, 1, 7]) {
    expect(atMinute(minute).slice(0, 25)).toEqual(due.slice(0, 25));
    expect(atMinute(minute).toSorted((a, b) => a - b)).toEqual(due);
  }
});

test('2,000 that are due are all reached within 45 minutes, when each pass reaches 100 and nothing remembers which (I3, F31)', () => {
  const reached = new Set<number>();
  for (let minute = 0; minute < 45; minute += 1)
    for (const each of atMinute(minute).slice(0, 100)) reached.add(each);
  expect(reached.size).toBe(due.length);
});
