import { expect, test } from '@jest/globals';
import { WAITS } from '../../core/waits.ts';

type Wait = Readonly<{ ms: number; within?: keyof typeof WAITS; what: string }>;
const waits = Object.entries<Wait>(WAITS);

test.each(waits)('the wait %s is shorter than the one that contains it', (_name, { ms, within }) => {
  expect(ms).toBeGreaterThan(0);
  if (within) expect(ms).toBeLessThan(WAITS[within].ms);
});

test('an attempt has time for the lock and then for a call of a vendor', () => {
  expect(WAITS.providerLock.ms + WAITS.vendorCall.ms).toBeLessThan(WAITS.attempt.ms);
});

test('whether the ledger is unavailable is known before the attempt is over', () => {
  const { ledgerAnswer, reachConnection, reachAnswer, attempt } = WAITS;
  expect(ledgerAnswer.ms + reachConnection.ms + reachAnswer.ms).toBeLessThan(attempt.ms);
});

test.each(waits)(
  'the wait %s has a length and a sentence that says what it waits for',
  (_name, { ms, what }) => {
    expect(ms % 1_000).toBe(0);
    expect(what).toMatch(/^[A-Z].{10,}\.$/);
  },
);
