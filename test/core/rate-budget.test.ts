import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CallPurpose, openRateBudget } from '../../core/rate-budget.ts';
import { holds } from '../laws.fixture.ts';

const removal = { purpose: 'removal', points: 1 } as const;
const other = { purpose: 'other', points: 1 } as const;

describe('a budget of ten points a minute', () => {
  test('other calls get five at once, and removals the other five', () => {
    const budget = openRateBudget(10);
    for (let call = 0; call < 5; call += 1) budget.take(other, 0);
    expect(budget.waitAt(other, 0)).toBe(61_000);
    for (let call = 0; call < 5; call += 1) {
      expect(budget.waitAt(removal, 0)).toBe(0);
      budget.take(removal, 0);
    }
    expect(budget.waitAt(removal, 0)).toBe(61_000);
    expect(budget.waitAt(other, 61_000)).toBe(0);
  });

  test('removals get all ten when nothing else wants any', () => {
    const budget = openRateBudget(10);
    for (let call = 0; call < 10; call += 1) budget.take(removal, call);
    expect([budget.waitAt(removal, 10), budget.waitAt(other, 10)]).toEqual([60_990, 60_990]);
  });

  test('a call waits until as many points as it costs are a minute old', () => {
    const budget = openRateBudget(10);
    budget.take({ purpose: 'removal', points: 4 }, 0);
    budget.take({ purpose: 'removal', points: 6 }, 1_000);
    expect(budget.waitAt({ purpose: 'removal', points: 4 }, 2_000)).toBe(59_000);
    expect(budget.waitAt({ purpose: 'removal', points: 5 }, 2_000)).toBe(60_000);
  });

  test('a call that costs more than the budget is made when nothing else is counted', () => {
    const budget = openRateBudget(10);
    const large = { purpose: 'other', points: 30 } as const;
    expect(budget.waitAt(large, 0)).toBe(0);
    budget.take(removal, 0);
    expect(budget.waitAt(large, 0)).toBe(61_000);
  });

  test('nothing is called before the time that the vendor stated', () => {
    const budget = openRateBudget(10);
    budget.closeUntil(30_000);
    budget.closeUntil(20_000);
    expect([budget.waitAt(removal, 0), budget.closedFor(0)]).toEqual([30_000, 30_000]);
    expect([budget.waitAt(removal, 30_000), budget.closedFor(30_000)]).toEqual([0, 0]);
  });

  test('a limit for an hour counts what was called within that hour', () => {
    const budget = openRateBudget(2, 3_600_000);
    budget.take(removal, 0);
    budget.take(removal, 1_000);
    expect([budget.waitAt(removal, 61_000), budget.waitAt(removal, 3_601_000)]).toEqual([3_540_000, 0]);
  });

  test('a vendor that counts nothing is never waited for', () => {
    const budget = openRateBudget(Infinity);
    for (let call = 0; call < 1_000; call += 1) budget.take(other, 0);
    expect(budget.waitAt(other, 0)).toBe(0);
  });
});

type Call = Readonly<{ purpose: CallPurpose; points: number; afterMs: number }>;
const calls: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.record({
    purpose: fc.constantFrom<CallPurpose>('removal', 'other'),
    points: fc.integer({ min: 1, max: 12 }),
    afterMs: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 60 },
);

holds(
  'in any minute a vendor gets at most its budget, and other calls than removals at most half of it (I25, T31)',
  fc.tuple(fc.integer({ min: 24, max: 200 }), calls),
  ([perMinute, wanted]) => {
    const budget = openRateBudget(perMinute);
    const made: { purpose: CallPurpose; points: number; at: number }[] = [];
    let now = 0;
    for (const { afterMs, ...call } of wanted) {
      now += afterMs;
      now += budget.waitAt(call, now);
      budget.take(call, now);
      made.push({ ...call, at: now });
    }
    for (const { at: from } of made) {
      const minute = made.filter(({ at }) => at >= from && at < from + 60_000);
      const sum = (of: typeof made) => of.reduce((all, { points }) => all + points, 0);
      expect(sum(minute)).toBeLessThanOrEqual(perMinute);
      expect(sum(minute.filter(({ purpose }) => purpose === 'other'))).toBeLessThanOrEqual(perMinute / 2);
    }
  },
);
