import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { msUntil } from '../../workflows/clock.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
beforeEach(() => void jest.useFakeTimers({ now: NOW }));
afterEach(() => void jest.useRealTimers());

test.each([
  ['both clocks agree', 0, 60_000],
  ['the clock of the ledger is ahead', 20_000, 40_000],
  ['the clock of the ledger is behind, so Temporal comes early and asks again', -20_000, 60_000],
  ['the ledger says that it is over', 90_000, -30_000],
])('the time until an instant is the shorter one: %s (F22)', (_what, aheadMs, expected) =>
  expect(msUntil((NOW + 60_000) as Instant, (NOW + aheadMs) as Instant)).toBe(expected),
);
