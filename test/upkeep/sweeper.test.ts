import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Lease, Recorded } from '../../ledger/index.ts';
import type { Deps } from '../../requests/deps.ts';
import { runSweeper } from '../../upkeep/sweeper.ts';
import {
  closed,
  granting,
  later,
  lease,
  pending,
  request,
  revoking,
  second,
} from '../core/request/request.fixture.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

type Logged = readonly [level: string, details: object, message: string];

/** A sweeper on a ledger in which nothing is due. `look` is called in each pass. */
function sweeperOf(look: () => Promise<readonly Lease[]>, more: Partial<Deps['ledger']> = {}) {
  const logged: Logged[] = [];
  const everySeconds = 5;
  const nothing = () => Promise.resolve([]);
  const ledger = {
    takeDueLeases: look,
    overdueRequests: nothing,
    stuckGrants: nothing,
    unjudgedRequests: nothing,
    requestsWithWrongLeases: nothing,
    takeVerification: () => Promise.resolve(undefined),
    openRequestsByRequester: nothing,
    ...more,
  };
  const logTo = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const sweeper = runSweeper({ ledger } as unknown as Deps, {
    everySeconds,
    log: { warn: logTo('warn'), error: logTo('error') },
  });
  return { sweeper, logged };
}

describe('the sweeper', () => {
  test('sweeps at once and then every few seconds, as often as it is told', async () => {
    let passes = 0;
    const { sweeper } = sweeperOf(() => Promise.resolve((passes += 1)).then(() => []));
    await jest.advanceTimersByTimeAsync(0);
    expect(passes).toBe(1);
    await jest.advanceTimersByTimeAsync(4_990);
    expect(passes).toBe(1);
    await jest.advanceTimersByTimeAsync(20);
    expect(passes).toBe(2);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(passes).toBe(4);
    await sweeper.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(passes).toBe(4);
  });

  test('goes on after a pass that failed, and says why (I3)', async () => {
    let passes = 0;
    const { sweeper, logged } = sweeperOf(() => {
      passes += 1;
      return passes === 1 ? Promise.reject(new Error('the ledger is unavailable')) : Promise.resolve([]);
    });
    await jest.advanceTimersByTimeAsync(5_010);
    expect(passes).toBe(2);
    expect(logged).toEqual([
      ['error', { error: 'the ledger is unavailable' }, 'the sweep did not finish; trying again'],
    ]);
    await sweeper.stop();
  });

  test('counts the pause from the start of a pass, and begins at once after a long one', async () => {
    const starts: number[] = [];
    const { sweeper } = sweeperOf(async () => {
      starts.push(performance.now());
      await new Promise((done) => setTimeout(done, starts.length === 1 ? 3_000 : 9_000));
      return [];
    });
    await jest.advanceTimersByTimeAsync(25_000);
    const [first = 0, second = 0, third = 0] = starts;
    expect([Math.round(second - first), Math.round(third - second)]).toEqual([5_000, 9_001]);
    const stopped = sweeper.stop();
    await jest.advanceTimersByTimeAsync(9_000);
    await stopped;
  });

  test('stops only after the pass that runs', async () => {
    let release = (): void => undefined;
    const { sweeper } = sweeperOf(() => new Promise((done) => (release = () => done([]))));
    await jest.advanceTimersByTimeAsync(0);
    let isStopped = false;
    const stopping = sweeper.stop().then(() => (isStopped = true));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(isStopped).toBe(false);
    release();
    await stopping;
  });
});

describe('a pass of the sweeper', () => {
  const found = () => Promise.resolve([request]);
  /** A ledger in which the request is in this state at this time. */
  const inState = (state: RequestState, at: Instant): Partial<Deps['ledger']> => ({
    readState: () => Promise.resolve({ state, at }),
    leasesOf: () => Promise.resolve([]),
    record: () => Promise.resolve({ state: closed, at } as Recorded),
  });
  /** What one pass logs. */
  async function logOfPass(leases: readonly Lease[], ledger: Partial<Deps['ledger']>) {
    const due = [...leases];
    const { sweeper, logged } = sweeperOf(() => Promise.resolve(due.splice(0, 1)), ledger);
    await jest.advanceTimersByTimeAsync(0);
    await sweeper.stop();
    return logged;
  }

  test.each<[string, Partial<Deps['ledger']>, object]>([
    [
      'a request that lapsed',
      { overdueRequests: found, ...inState(pending, later(480)) },
      { lapsed: [request] },
    ],
    [
      'a grant that never finished',
      { stuckGrants: found, ...inState(granting, later(12)) },
      { failed: [request] },
    ],
    [
      'a submission that nobody judged',
      { unjudgedRequests: found, readClick: () => Promise.resolve(undefined) },
      { judged: [request] },
    ],
  ])('logs %s', async (_what, ledger, swept) => {
    const nothing = { judged: [], left: [], lapsed: [], failed: [] };
    expect(await logOfPass([], ledger)).toEqual([['warn', { ...nothing, ...swept }, 'swept']]);
  });

  test('logs each lease that it could not revoke', async () => {
    const leases = [lease, second].map((id) => ({ id, target: { provider: 'fake' } }) as unknown as Lease);
    const readLease = (id: string) => Promise.reject(new Error(`no answer about ${id}`));
    const ledger = {
      ...inState(revoking, later(121)),
      readLease,
      canWrite: () => Promise.resolve(true),
      noteLeaseFault: () => Promise.resolve(),
    };
    expect(await logOfPass(leases, ledger)).toEqual(
      [lease, second].map((id) => [
        'error',
        { lease: id, why: `no answer about ${id}` },
        'not revoked yet; trying again within a minute',
      ]),
    );
  });

  test('revokes while its other work hangs or fails (I3)', async () => {
    for (const other of [
      () => new Promise<never>(() => undefined),
      () => Promise.reject(new Error('the ledger is unavailable')),
    ]) {
      let passes = 0;
      const look = () => {
        passes += 1;
        return Promise.resolve([]);
      };
      const { sweeper } = sweeperOf(look, { openRequestsByRequester: other });
      await jest.advanceTimersByTimeAsync(20_100);
      expect(passes).toBe(5);
      void sweeper.stop();
    }
  });

  test('does its other work while a revocation hangs', async () => {
    let passes = 0;
    const { sweeper } = sweeperOf(() => new Promise(() => undefined), {
      overdueRequests() {
        passes += 1;
        return Promise.resolve([]);
      },
    });
    await jest.advanceTimersByTimeAsync(20_100);
    expect(passes).toBe(5);
    void sweeper.stop();
  });
});
