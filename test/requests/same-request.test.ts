import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { judge } from '../../requests/judge.ts';
import { startRequestsFixture, type RequestsFixture } from './requests.fixture.ts';
import { answered, openedWithoutWorkflow, submitted } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

/** What became of submissions: `opened`, or the code of the refusal. */
const became = (requests: readonly RequestId[]) =>
  Promise.all(
    requests.map(async (request) => {
      const [first] = await fixture.ledger.readTrail(request);
      return first?.event.kind === 'refused' ? first.event.refusal : 'opened';
    }),
  );
const opened = (more: Parameters<typeof openedWithoutWorkflow>[1]) => openedWithoutWorkflow(fixture, more);

test('of eight equal submissions of one person at once one is opened, and the others name it', async () => {
  const wanted = { reason: 'the disk of orders is full' };
  const requests: RequestId[] = [];
  for (let time = 0; time < 8; time += 1) requests.push(await submitted(fixture, wanted));
  await Promise.all(requests.map((request) => judge(fixture.deps, { request })));
  const outcomes = await became(requests);
  const [open, another] = requests.filter((_request, place) => outcomes[place] === 'opened');
  expect(another).toBeUndefined();
  expect(outcomes.filter((each) => each !== 'opened')).toEqual(
    Array.from({ length: 7 }, () => ({ code: 'already-open', request: open })),
  );
});

test.each([
  ['of another person', { person: 'cy' }],
  ['for another reason', { reason: 'the disk of orders is full again' }],
  ['for another length', { length: '2h' }],
  ['for another entitlement', { entitlement: 'other' }],
])('a request %s is opened or refused for itself', async (_what, more) => {
  await opened({ reason: 'the disk of orders is full' });
  const [outcome] = await became([await opened({ reason: 'the disk of orders is full', ...more })]);
  expect(outcome).not.toEqual(expect.objectContaining({ code: 'already-open' }));
});

test('a request is opened again when the first one is over', async () => {
  const reason = 'the queue is stuck';
  const first = await opened({ reason });
  expect(await became([await opened({ reason })])).toEqual([{ code: 'already-open', request: first }]);
  await answered(fixture, first, { kind: 'withdraw', by: 'ana' });
  expect(await became([await opened({ reason })])).toEqual(['opened']);
});

test('a request is opened again when the first one was requested an hour ago, and not before', async () => {
  const reason = 'the queue is slow';
  const first = await opened({ reason });
  try {
    await fixture.shiftClock(59 * 60_000);
    expect(await became([await opened({ reason })])).toEqual([{ code: 'already-open', request: first }]);
    await fixture.shiftClock(61 * 60_000);
    expect(await became([await opened({ reason })])).toEqual(['opened']);
  } finally {
    await fixture.shiftClock(0);
  }
});
