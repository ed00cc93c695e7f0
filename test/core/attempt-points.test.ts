import { describe, expect, test } from '@jest/globals';
import { ATTEMPT_OVER_MS, openAttemptPoints } from '../../core/attempt-points.ts';

const [one, two] = [{}, {}];
const removal = (points: number) => ({ purpose: 'removal', points }) as const;

describe('the points that attempts which began may still need', () => {
  test('each keeps 20 points less those that all its calls used, for its own purpose', () => {
    const attempts = openAttemptPoints(900);
    attempts.take(one, removal(5));
    attempts.take(one, removal(1));
    expect(attempts.keptFrom(two, 0)).toEqual({ removal: 14, other: 0 });
    attempts.take({}, { purpose: 'other', points: 2 });
    expect(attempts.keptFrom(two, 0)).toEqual({ removal: 14, other: 18 });
    attempts.take(one, removal(30));
    expect(attempts.keptFrom(two, 0)).toEqual({ removal: 0, other: 18 });
  });

  test('a vendor with a small budget keeps less for each', () => {
    const attempts = openAttemptPoints(300);
    attempts.take(one, removal(1));
    expect(attempts.keptFrom(two, 0).removal).toBe(9);
  });

  test('an attempt that began keeps nothing for others, and comes before those that began later', () => {
    const attempts = openAttemptPoints(900);
    attempts.take(one, removal(1));
    attempts.take(two, removal(1));
    expect(attempts.keptFrom(two, 0).removal).toBe(0);
    expect([one, two, {}].map(attempts.orderOf)).toEqual([1, 2, Infinity]);
  });

  test('an attempt that makes no call for two seconds is over; another part of it that follows at once is not', () => {
    const attempts = openAttemptPoints(900);
    attempts.take(one, removal(5));
    attempts.pause(one, 1_000);
    expect(attempts.keptFrom(two, 1_000 + ATTEMPT_OVER_MS - 1).removal).toBe(15);
    attempts.take(one, removal(1));
    expect(attempts.keptFrom(two, 1_000 + ATTEMPT_OVER_MS).removal).toBe(14);
    attempts.pause(one, 5_000);
    expect(attempts.keptFrom(two, 5_000 + ATTEMPT_OVER_MS).removal).toBe(0);
  });
});
