import { expect, test } from '@jest/globals';
import { runNumberKeeper } from '../../upkeep/number-keeper.ts';
import { until } from '../until.fixture.ts';

/** A keeper whose ledger gives these answers, and then that everything is counted. */
function keeperOf(answers: readonly (boolean | Error)[]) {
  const seen = { calls: 0, errors: [] as object[] };
  const keepNumbers = () => {
    const answer = answers[seen.calls] ?? false;
    seen.calls += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const log = { error: (details: object) => void seen.errors.push(details) };
  return { seen, keeper: runNumberKeeper({ ledger: { keepNumbers } as never }, { log }) };
}

test('every day and month that waits is counted in one pass', async () => {
  const { seen, keeper } = keeperOf([true, true, true]);
  await until('everything is counted', () => seen.calls === 4);
  await keeper.stop();
  expect([seen.calls, seen.errors]).toEqual([4, []]);
});

test('a failure is reported, and ends the pass alone', async () => {
  const { seen, keeper } = keeperOf([true, new Error('the ledger is away')]);
  await until('the failure is reported', () => seen.errors.length > 0);
  await keeper.stop();
  expect(seen.errors).toEqual([{ error: 'the ledger is away' }]);
});

test('a keeper that is stopped counts nothing more, however much waits', async () => {
  const { seen, keeper } = keeperOf(Array.from({ length: 1_000_000 }, () => true));
  await keeper.stop();
  expect(seen.calls).toBeLessThan(1_000);
});
