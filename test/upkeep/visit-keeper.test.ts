import { expect, test } from '@jest/globals';
import { runVisitKeeper } from '../../upkeep/visit-keeper.ts';
import { until } from '../until.fixture.ts';

/** A keeper whose ledger gives these answers, and then that no visit is over. */
function keeperOf(answers: readonly (boolean | Error)[]) {
  const seen = { calls: 0, errors: [] as object[] };
  const closeVisit = () => {
    const answer = answers[seen.calls] ?? false;
    seen.calls += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const log = { error: (details: object) => void seen.errors.push(details) };
  return { seen, keeper: runVisitKeeper({ ledger: { closeVisit } as never }, { log }) };
}

test('every visit that is over is closed in one pass', async () => {
  const { seen, keeper } = keeperOf([true, true]);
  await until('all are closed', () => seen.calls === 3);
  await keeper.stop();
  expect([seen.calls, seen.errors]).toEqual([3, []]);
});

test('a failure is reported, and the visit waits for the next pass', async () => {
  const { seen, keeper } = keeperOf([true, new Error('the ledger is away')]);
  await until('the failure is reported', () => seen.errors.length > 0);
  await keeper.stop();
  expect([seen.calls, seen.errors]).toEqual([2, [{ error: 'the ledger is away' }]]);
});
