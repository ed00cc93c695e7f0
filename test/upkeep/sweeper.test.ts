import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Lease, Ledger, RecordResult, Verification } from '../../ledger/index.ts';
import type { Deps } from '../../requests/deps.ts';
import { runSweeper } from '../../upkeep/sweeper.ts';
import {
  closed,
  granting,
  later,
  lease,
  noon,
  pending,
  request,
  revoking,
  second,
} from '../core/request/request.fixture.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

type Logged = readonly [level: string, details: object, message: string];

const depsOf = (ledger: object, providers: readonly string[]): Deps =>
  ({
    ledger,
    providers: new Map(providers.map((name) => [name, { name }])),
    undoSealers: new Map(),
    policy: { current: () => Promise.resolve({ ok: false }) },
  }) as unknown as Deps;

/** A sweeper on a ledger in which nothing is due. `look` is called in each pass. */
function sweeperOf(
  look: () => Promise<readonly Lease[]>,
  more: Partial<Deps['ledger']> = {},
  providers: readonly string[] = [],
) {
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
    takeAccessCheck: () => Promise.resolve(undefined),
    takeFindingWork: () => Promise.resolve(undefined),
    lostLeasesLeft: nothing,
    openRequestsByRequester: nothing,
    unfinishedMassEndings: nothing,
    massEndingsToCutOff: nothing,
    drawableReviews: nothing,
    ...more,
  };
  const logTo = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const sweeper = runSweeper(depsOf(ledger, providers), {
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

  test('reads the targets of a provider while another one does not answer (F32)', async () => {
    const asked: string[] = [];
    const { sweeper } = sweeperOf(
      () => Promise.resolve([]),
      {
        planPasses: () => Promise.resolve(),
        targetsOfLeases: () => Promise.resolve([]),
        takePass: ({ known }) => {
          asked.push(...known);
          return known.includes('hangs') && asked.length < 3
            ? new Promise(() => undefined)
            : Promise.resolve(undefined);
        },
      },
      ['hangs', 'answers'],
    );
    await jest.advanceTimersByTimeAsync(10_010);
    expect(asked).toEqual(['hangs', 'answers', 'answers', 'answers']);
    void sweeper.stop();
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
    record: () => Promise.resolve({ state: closed, at } as RecordResult),
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
    const nothing = { judged: [], left: [], lapsed: [], failed: [], massEnded: [] };
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

  test('logs each row of a lease that was wrong, with what the events and the row said', async () => {
    const expected = { state: 'granted', endsAt: noon } as const;
    const says = 'the events say granted until 2026-01-05T12:00:00.000Z';
    const row = { state: 'revoked', endsAt: later(60), nextTryAt: null };
    const wrong = [
      { lease, expected, found: row },
      { lease, expected, found: { ...row, endsAt: Infinity as Instant, nextTryAt: later(90) } },
      { lease: second, expected, found: null },
    ];
    const ledger = {
      requestsWithWrongLeases: () => Promise.resolve([request, 'req_other' as RequestId]),
      correctLeases: (id: RequestId) =>
        id === request ? Promise.resolve(wrong) : Promise.reject(new Error('no answer')),
    };
    const reasons = [
      `${says}, and its row said revoked until 2026-01-05T13:00:00.000Z, with the sweeper’s next look at no time`,
      `${says}, and its row said revoked until no time, with the sweeper’s next look at 2026-01-05T13:30:00.000Z`,
      `${says}, and it has no row`,
      'its row cannot be corrected: no answer',
    ];
    expect(await logOfPass([], ledger)).toEqual(
      [lease, lease, second, 'req_other'].map((id, index) => [
        'error',
        { lease: id, why: reasons[index] },
        'the row of a lease is not what its events say',
      ]),
    );
  });

  test('logs each access that it could not verify, and goes on with the others', async () => {
    const due = ['fake\nthing', 'fake\nother', 'fake\nlast'].map((key) => ({
      key,
      provider: 'fake',
      token: key,
    }));
    const ended: string[] = [];
    const ledger = {
      takeVerification: () => Promise.resolve(due.shift()),
      endVerification: ({ key }: Verification) => Promise.resolve(void ended.push(key)),
      leasesToVerify: () => Promise.resolve([]),
      withLock: ((key) =>
        key.endsWith('other') ? Promise.resolve() : Promise.reject(new Error('busy'))) as Ledger['withLock'],
    };
    expect(await logOfPass([], ledger)).toEqual(
      ['fake thing', 'fake last'].map((access) => [
        'error',
        { access, why: 'busy' },
        'not verified yet; trying again within a minute',
      ]),
    );
    expect(ended).toEqual(['fake\nother']);
  });

  test('verifies each access once, also one that is due again meanwhile', async () => {
    const due = ['a', 'b', 'a', 'b', 'a'].map((id) => ({ key: `fake\n${id}`, provider: 'fake', token: id }));
    const ended: string[] = [];
    const ledger: Partial<Deps['ledger']> = {
      takeVerification({ keys }) {
        const next = due.findIndex(({ key }) => !keys.includes(key));
        return Promise.resolve(next < 0 ? undefined : due.splice(next, 1)[0]);
      },
      endVerification: ({ key }) => Promise.resolve(void ended.push(key)),
      leasesToVerify: () => Promise.resolve([]),
      withLock: (() => Promise.resolve()) as Ledger['withLock'],
    };
    await logOfPass([], ledger);
    expect(ended).toEqual(['fake\na', 'fake\nb']);
  });

  test('verifies at most ten accesses of one provider at a time, and all in the end (F32)', async () => {
    const due = Array.from({ length: 12 }, (_, id) => ({ key: `fake\n${id}`, provider: 'fake', token: 't' }));
    due.push({ key: 'other\n0', provider: 'other', token: 't' });
    const started: string[] = [];
    let release = (): void => undefined;
    const released = new Promise<void>((done) => (release = done));
    const { sweeper } = sweeperOf(() => Promise.resolve([]), {
      takeVerification({ providers }) {
        const next = due.findIndex(({ provider }) => !providers.includes(provider));
        return Promise.resolve(next < 0 ? undefined : due.splice(next, 1)[0]);
      },
      endVerification: () => Promise.resolve(),
      leasesToVerify: () => Promise.resolve([]),
      withLock: ((key) => (started.push(key), released)) as Ledger['withLock'],
    });
    await jest.advanceTimersByTimeAsync(0);
    expect([started.length, started.at(-1)]).toEqual([11, 'other\n0']);
    release();
    await jest.advanceTimersByTimeAsync(0);
    expect(started).toHaveLength(13);
    await sweeper.stop();
  });

  test('logs each duty that it could not do, and does the others', async () => {
    const away = (of: string) => () => Promise.reject(new Error(`no answer about ${of}`));
    const ledger = {
      ...inState(pending, later(480)),
      openRequestsByRequester: away('people'),
      stuckGrants: away('grants'),
      overdueRequests: found,
    };
    const nothing = { judged: [], left: [], lapsed: [], failed: [], massEnded: [] };
    expect(await logOfPass([], ledger)).toEqual([
      ['warn', { ...nothing, lapsed: [request] }, 'swept'],
      ...['people', 'grants'].map((of) => [
        'error',
        { error: `no answer about ${of}` },
        'the sweep did not finish; trying again',
      ]),
    ]);
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
