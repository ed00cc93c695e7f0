import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ClickId } from '../../core/ids.ts';
import { type ClickOutcome, waitForOutcome } from '../../inbox/click-outcome.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const ID = 'click_1' as ClickId;
/** A ledger in which the click has its outcome at the look with this number. */
function ledgerWith(outcome: ClickOutcome, atLook: number) {
  const asked: ClickId[] = [];
  const clickOutcome = (click: ClickId) => Promise.resolve(asked.push(click) >= atLook ? outcome : undefined);
  return { ledger: { clickOutcome }, asked };
}

test.each<ClickOutcome>([{ kind: 'answered' }, { kind: 'refused', refusal: { code: 'not-requester' } }])(
  'the outcome of a click is returned at once when it is there: %j',
  async (outcome) => {
    const { ledger, asked } = ledgerWith(outcome, 1);
    expect(await waitForOutcome(ledger, ID, 10_000)).toEqual(outcome);
    expect(asked).toEqual([ID]);
  },
);

test('it is looked for again, at most ten times a second', async () => {
  const { ledger, asked } = ledgerWith({ kind: 'answered' }, 4);
  const waits = waitForOutcome(ledger, ID, 10_000);
  await jest.advanceTimersByTimeAsync(300);
  expect(asked.length).toBeLessThanOrEqual(4);
  await jest.advanceTimersByTimeAsync(300);
  expect(await waits).toEqual({ kind: 'answered' });
});

test('there is none when nobody decides the click in time', async () => {
  const { ledger } = ledgerWith({ kind: 'answered' }, Infinity);
  const waits = waitForOutcome(ledger, ID, 1_000);
  await jest.advanceTimersByTimeAsync(1_200);
  expect(await waits).toBeUndefined();
});

test('a ledger that does not answer is an error', async () => {
  const clickOutcome = () => Promise.reject(new Error('the ledger is unavailable'));
  await expect(waitForOutcome({ clickOutcome }, ID, 1_000)).rejects.toThrow('the ledger is unavailable');
});
