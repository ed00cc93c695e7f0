import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type RequestId } from '../../core/ids.ts';
import { startWaker, type WakerDeps } from '../../inbox/waker.ts';
import type { Click } from '../../ledger/index.ts';
import { ana } from '../core/request/request.fixture.ts';
import { newRequest, openedIn, stepOf } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { until } from '../until.fixture.ts';

afterEach(() => rows('delete from wake_up'));

const TEMPORAL_IS_UNAVAILABLE = new Error('Temporal does not answer');
const add = (request: RequestId) => ledger.acceptSubmission({ id: clickIdOf(uuidv7()), request } as Click);
async function added(): Promise<RequestId> {
  const request = newRequest();
  await add(request);
  return request;
}
const areGone = () =>
  until('no wake-up is left', async () => (await rows('select from wake_up')).length === 0 || undefined);

/** A waker. `woken` has the requests whose workflows got a message, `reported` what was not delivered, and why. */
function waker(
  wake: (request: RequestId) => Promise<void> = () => Promise.resolve(),
  more: Partial<WakerDeps> = {},
) {
  const [woken, reported, errors]: [RequestId[], unknown[][], unknown[]] = [[], [], []];
  const { stop } = startWaker({
    ledger,
    workflows: {
      async wake(request) {
        woken.push(request);
        await wake(request);
      },
    },
    onRetry: ({ request }, error) => reported.push([request, error]),
    onError: (error) => errors.push(error),
    ...more,
  });
  return { woken, reported, errors, stop };
}

describe('the waker', () => {
  test('wakes the workflow of each request that has news, once', async () => {
    const { woken, reported, errors, stop } = waker();
    const request = await openedIn(ledger);
    await ledger.record({
      ...stepOf(request, 'x', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at })),
      via: 'slack',
    });
    const other = await added();
    await until('both are woken', () => woken.length >= 2);
    await areGone();
    await stop();
    expect([woken.toSorted(), reported, errors]).toEqual([[request, other].toSorted(), [], []]);
  });

  test('wakes every workflow after Temporal was unavailable, and each wake-up waited in the ledger (F06)', async () => {
    let isUnavailable = true;
    const requests = await Promise.all(Array.from({ length: 40 }, added));
    const { woken, reported, stop } = waker(() =>
      isUnavailable ? Promise.reject(TEMPORAL_IS_UNAVAILABLE) : Promise.resolve(),
    );
    await until('each was tried', () => new Set(woken).size === requests.length);
    expect(await rows('select from wake_up')).toHaveLength(requests.length);
    expect(reported).toContainEqual([requests[0], TEMPORAL_IS_UNAVAILABLE]);
    isUnavailable = false;
    await rows('update wake_up set next_try_at = ledger_now()');
    await areGone();
    await stop();
  });

  test('is not delayed by one that cannot be delivered, which it tries again', async () => {
    const [bad, good] = [await added(), await added()];
    let times = 0;
    const { woken, reported, stop } = waker((request) =>
      request === bad && (times += 1) < 3 ? Promise.reject(TEMPORAL_IS_UNAVAILABLE) : Promise.resolve(),
    );
    await areGone();
    await stop();
    expect(woken.filter((each) => each === good)).toHaveLength(1);
    expect(woken.filter((each) => each === bad)).toHaveLength(3);
    expect(reported).toEqual([
      [bad, TEMPORAL_IS_UNAVAILABLE],
      [bad, TEMPORAL_IS_UNAVAILABLE],
    ]);
  });

  test('wakes a workflow again that got news during the delivery', async () => {
    let isFirst = true;
    const { woken, stop } = waker(async (request) => {
      if (isFirst) await add(request);
      isFirst = false;
    });
    const request = await added();
    await until('it is woken again', () => woken.length >= 2);
    await areGone();
    await stop();
    expect(woken).toEqual([request, request]);
  });

  test('delivers again what it could not remove', async () => {
    let isUnavailable = true;
    const away = new Error('the ledger is unavailable');
    const { woken, reported, stop } = waker(undefined, {
      ledger: {
        ...ledger,
        removeWakeUp: (wakeUp) => (isUnavailable ? Promise.reject(away) : ledger.removeWakeUp(wakeUp)),
      },
    });
    const request = await added();
    await until('it is reported', () => reported.length > 0);
    isUnavailable = false;
    await areGone();
    await stop();
    expect(woken).toEqual([request, request]);
    expect(reported).toEqual([[request, away]]);
  });

  test('reports that the wake-ups cannot be read, and reads them again', async () => {
    let isUnavailable = true;
    const away = new Error('the ledger is unavailable');
    const { woken, errors, stop } = waker(undefined, {
      ledger: {
        ...ledger,
        takeWakeUps: (most) => (isUnavailable ? Promise.reject(away) : ledger.takeWakeUps(most)),
      },
    });
    await until('it is reported', () => errors.length > 0);
    isUnavailable = false;
    const request = await added();
    await until('it is woken', () => woken.length > 0);
    await stop();
    expect(woken).toEqual([request]);
    expect(new Set(errors)).toEqual(new Set([away]));
  });

  test('stops only after the delivery in progress', async () => {
    let [release, isStopped] = [(): void => undefined, false];
    const released = new Promise<void>((resolve) => (release = resolve));
    const { woken, stop } = waker(() => released);
    await added();
    await until('the delivery began', () => woken.length > 0);
    const stopping = stop().then(() => (isStopped = true));
    await ledger.now();
    expect(isStopped).toBe(false);
    release();
    await stopping;
    expect(await rows('select from wake_up')).toEqual([]);
  });
});

test('the waker looks again at once only after it delivered something', async () => {
  let look = (): Promise<number> => Promise.resolve(-1);
  const most: number[] = [];
  const [good, bad] = [newRequest(), newRequest()];
  waker((request) => (request === bad ? Promise.reject(TEMPORAL_IS_UNAVAILABLE) : Promise.resolve()), {
    ledger: {
      removeWakeUp: () => Promise.resolve(),
      takeWakeUps(limit) {
        most.push(limit);
        const found = [[good, bad, good], [bad], []][most.length - 1] ?? [];
        return Promise.resolve(found.map((request) => ({ request, version: 1 })));
      },
      watch(channel, looks) {
        expect(channel).toBe('curfew_wake_up');
        look = looks;
        return { stop: () => Promise.resolve() };
      },
    },
  });
  expect([await look(), await look(), await look()]).toEqual([2, 0, 0]);
  expect(most).toEqual([32, 32, 32]);
});
