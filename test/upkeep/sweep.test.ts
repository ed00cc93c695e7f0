import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import { WAITS } from '../../core/waits.ts';
import type { Provider } from '../../providers/provider.ts';
import { revokeOverdue, sweep } from '../../upkeep/sweep.ts';
import { runSweeper } from '../../upkeep/sweeper.ts';
import { ana } from '../requests/mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
  submitted,
} from '../requests/steps.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function live(count: number, entitlement = 'thing'): Promise<readonly RequestId[]> {
  const requests: RequestId[] = [];
  while (requests.length < count) {
    const request = await approvedWithoutWorkflow(fixture, { entitlement });
    await granted(fixture, request);
    requests.push(request);
  }
  return requests;
}
/** The dependencies, with the function of both providers that revokes replaced. */
function revokingWith(ensureAbsent: Provider['ensureAbsent']) {
  const ownObject = () => true; // so that each revocation calls the provider, also where other leases give the same
  const providers = [...fixture.deps.providers].map(
    ([name, provider]) => [name, { ...provider, ensureAbsent, ownObject }] as const,
  );
  return { ...fixture.deps, providers: new Map(providers) };
}

describe('requests that nobody closes', () => {
  test('a grant that never finishes is failed eleven minutes after it started, and not before', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.shiftClock(10.9 * MINUTE);
    expect((await sweep(fixture.deps)).failed).toEqual([]);
    await fixture.shiftClock(11.1 * MINUTE);
    expect((await sweep(fixture.deps)).failed).toEqual([request]);
    expect(await fixture.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'grant-failed', fault: 'unknown' },
    });
    expect((await fixture.ledger.readTrail(request)).at(-1)?.via).toBe('sweeper');
  });

  test('each grant that never finishes is failed in one pass, and each request that is overdue lapses', async () => {
    const stuck = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
    await fixture.shiftClock(12 * MINUTE);
    expect([...(await sweep(fixture.deps)).failed].sort()).toEqual(stuck.sort());
    await fixture.shiftClock(0);
    const pending = [await openedWithoutWorkflow(fixture), await openedWithoutWorkflow(fixture)];
    await fixture.shiftClock(9 * HOUR);
    expect([...(await sweep(fixture.deps)).lapsed].sort()).toEqual(pending.sort());
  });

  test('a request lapses fifteen seconds after its time, and not before', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(8 * HOUR + 10_000);
    expect((await sweep(fixture.deps)).lapsed).toEqual([]);
    await fixture.shiftClock(8 * HOUR + 20_000);
    expect((await sweep(fixture.deps)).lapsed).toEqual([request]);
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'lapsed' } });
    expect((await fixture.ledger.readTrail(request)).at(-1)?.via).toBe('sweeper');
  });

  test('one that cannot be closed does not keep the others open', async () => {
    const [one, other] = [await openedWithoutWorkflow(fixture), await openedWithoutWorkflow(fixture)];
    await fixture.shiftClock(9 * HOUR);
    const record: typeof fixture.ledger.record = (step) =>
      step.request === one ? Promise.reject(new Error('a bug')) : fixture.ledger.record(step);
    expect((await sweep({ ...fixture.deps, ledger: { ...fixture.ledger, record } })).lapsed).toEqual([other]);
    expect((await sweep(fixture.deps)).lapsed).toEqual([one]);
  });
});

describe('submissions that nobody judges', () => {
  const SECOND = 1_000;

  test('one that was accepted is judged thirty seconds later, and not before', async () => {
    const request = await submitted(fixture);
    await fixture.shiftClock(25 * SECOND);
    expect((await sweep(fixture.deps)).judged).toEqual([]);
    await fixture.shiftClock(31 * SECOND);
    expect((await sweep(fixture.deps)).judged).toEqual([request]);
    expect(await fixture.kinds(request)).toBe('requested judged');
    expect((await sweep(fixture.deps)).judged).toEqual([]);
  });

  test('one that the policy refuses is refused, and is judged once', async () => {
    const request = await submitted(fixture, { entitlement: 'nothing' });
    await fixture.shiftClock(31 * SECOND);
    expect((await sweep(fixture.deps)).judged).toEqual([request]);
    expect(await fixture.kinds(request)).toBe('refused');
    expect((await sweep(fixture.deps)).judged).toEqual([]);
  });

  test('one that was not accepted is not judged, however long it waits (T45)', async () => {
    const request = await submitted(fixture);
    await rowsOf(fixture.url, 'update click set done_at = null, outcome = null where request_id = $1', [
      request,
    ]);
    await fixture.shiftClock(9 * HOUR);
    expect((await sweep(fixture.deps)).judged).toEqual([]);
    expect(await fixture.kinds(request)).toBe('');
  });

  test('one that cannot be judged does not keep the others waiting', async () => {
    const [one, other] = [await submitted(fixture), await submitted(fixture)];
    await fixture.shiftClock(31 * SECOND);
    const open: typeof fixture.ledger.open = (opening) =>
      opening.details.id === one ? Promise.reject(new Error('a bug')) : fixture.ledger.open(opening);
    expect((await sweep({ ...fixture.deps, ledger: { ...fixture.ledger, open } })).judged).toEqual([other]);
    expect((await sweep(fixture.deps)).judged).toEqual([one]);
  });

  test('one whose request was opened wakes no workflow, and its approval does (F08)', async () => {
    const request = await submitted(fixture);
    await fixture.shiftClock(31 * SECOND);
    await sweep(fixture.deps);
    const wakeUps = () => rowsOf(fixture.url, 'select from wake_up where request_id = $1', [request]);
    expect(await wakeUps()).toEqual([]);
    await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(await wakeUps()).toHaveLength(1);
  });
});

describe('leases that must be revoked', () => {
  test('are all tried, also when the last attempt ends while the ledger looks for another lease (F32)', async () => {
    await live(2);
    await fixture.shiftClock(1.1 * HOUR);
    let ended = (): void => undefined;
    const attemptEnded = new Promise<void>((done) => (ended = done));
    const withLock: typeof fixture.ledger.withLock = (key, work) =>
      fixture.ledger.withLock(key, work).finally(() => setImmediate(ended));
    let calls = 0;
    // The second call finds nothing, because the attempt has the row of the other lease locked.
    const takeDueLeases: typeof fixture.ledger.takeDueLeases = async (...args) => {
      calls += 1;
      if (calls !== 2) return fixture.ledger.takeDueLeases(...args);
      await attemptEnded;
      return [];
    };
    const deps = { ...fixture.deps, ledger: { ...fixture.ledger, withLock, takeDueLeases } };
    expect((await sweep(deps)).revoked).toHaveLength(2);
  });

  test('are tried at most ten at a time for each provider, and all in the end (F32)', async () => {
    // Those of the other provider are due first and last.
    await live(1, 'login');
    await live(13);
    await live(1, 'login');
    await fixture.shiftClock(1.1 * HOUR);
    const { provider } = fixture.providerControl;
    let waiting = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((done) => (release = done));
    const deps = revokingWith(async (intent, signal) => {
      waiting += 1;
      await released;
      return provider.ensureAbsent(intent, signal);
    });
    // Leases on one access wait for each other. Here each lease counts as an access of its own.
    const withLock: typeof fixture.ledger.withLock = (key, work) =>
      fixture.ledger.withLock(`${key} ${Math.random()}`, work);
    let foundNone = false;
    const takeDueLeases: typeof fixture.ledger.takeDueLeases = async (...args) => {
      const due = await fixture.ledger.takeDueLeases(...args);
      foundNone ||= due.length === 0;
      return due;
    };
    const sweeping = revokeOverdue({ ...deps, ledger: { ...fixture.ledger, withLock, takeDueLeases } });
    await until('it finds no other lease to try', () => foundNone);
    await until('ten of one provider and two of the other are tried', () => waiting >= 12);
    const dueOfOthers = await fixture.ledger.takeDueLeases(20, { providers: ['fake'] });
    expect(dueOfOthers).toEqual([]);
    expect(waiting).toBe(12);
    release();
    expect((await sweeping).revoked).toHaveLength(15);
    expect(waiting).toBe(15);
  });

  test('are revoked by the sweeper, as the events of the end and of the receipt say (I19)', async () => {
    const requests = await live(1);
    await fixture.shiftClock(1.1 * HOUR);
    await sweep(fixture.deps);
    const trail = await Promise.all(requests.map((request) => fixture.ledger.readTrail(request)));
    expect(
      trail
        .flat()
        .slice(-3)
        .map(({ event, via }) => [event.kind, via]),
    ).toEqual([
      ['revoke-started', 'sweeper'],
      ['revoked', 'sweeper'],
      ['closed', 'sweeper'],
    ]);
  });

  test('have one attempt each, with a limit of time of its own, which the provider is told', async () => {
    const limits: AbortController[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      if (ms === WAITS.manifestAnswer.ms || ms === WAITS.manifestReading.ms) return timeout(ms);
      expect(ms).toBe(WAITS.attempt.ms);
      limits.push(new AbortController());
      return limits.at(-1)?.signal as AbortSignal;
    });
    const requests = await live(2);
    await fixture.shiftClock(1.1 * HOUR);
    const given: AbortSignal[] = [];
    const { provider } = fixture.providerControl;
    const deps = revokingWith((intent, signal) => {
      given.push(signal);
      return provider.ensureAbsent(intent, signal);
    });
    expect([...(await revokeOverdue(deps)).revoked].sort()).toEqual(requests.map(firstLease).sort());
    const aborted = () => given.filter((signal) => signal.aborted).length;
    const counts = limits.map((limit) => {
      limit.abort();
      return aborted();
    });
    expect([given.length, new Set(counts)]).toEqual([2, new Set([...counts, 1, 2])]);
  });

  test('have one attempt each, also one whose attempt runs for so long that it is due again', async () => {
    await live(2);
    await fixture.shiftClock(1.1 * HOUR);
    const { provider } = fixture.providerControl;
    const tried: string[] = [];
    let isOtherDone = false;
    let release = (): void => undefined;
    const released = new Promise<void>((done) => (release = done));
    const deps = revokingWith(async (intent, signal) => {
      tried.push(intent.lease);
      const [slow] = tried;
      if (tried.length === 1) await released;
      else await rowsOf(fixture.url, 'update lease set next_try_at = ledger_now() where id = $1', [slow]);
      isOtherDone = tried.length > 1;
      return provider.ensureAbsent(intent, signal);
    });
    const takeDueLeases: typeof fixture.ledger.takeDueLeases = async (...args) => {
      const due = await fixture.ledger.takeDueLeases(...args);
      if (isOtherDone && due.length === 0) release();
      return due;
    };
    // Both leases are on one access. Here each counts as an access of its own.
    const withLock: typeof fixture.ledger.withLock = (key, work) =>
      fixture.ledger.withLock(`${key} ${Math.random()}`, work);
    const ledger = { ...fixture.ledger, takeDueLeases, withLock };
    expect((await revokeOverdue({ ...deps, ledger })).revoked).toHaveLength(2);
    expect(new Set(tried).size).toBe(tried.length);
  });

  test('are not tried after thirty seconds of a pass, so that the rest of the sweep has its turn', async () => {
    await live(1);
    const pending = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(9 * HOUR);
    jest
      .spyOn(performance, 'now')
      .mockImplementationOnce(() => 0)
      .mockImplementation(() => 30_000);
    expect(await sweep(fixture.deps)).toMatchObject({
      lapsed: [pending],
      revoked: [],
      failedRevocations: [],
    });
    jest.restoreAllMocks();
    expect((await sweep(fixture.deps)).revoked).toHaveLength(1);
  });

  test('that are tried when the thirty seconds are over are still waited for', async () => {
    const [request = '' as RequestId] = await live(1);
    await fixture.shiftClock(1.1 * HOUR);
    jest
      .spyOn(performance, 'now')
      .mockImplementationOnce(() => 0)
      .mockImplementationOnce(() => 29_999)
      .mockImplementation(() => 30_000);
    expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(request)]);
  });

  test('are reported when they were revoked before the search for the next one failed, and so is the failure', async () => {
    const requests = await live(2);
    await fixture.shiftClock(1.1 * HOUR);
    let searches = 0;
    const takeDueLeases: typeof fixture.ledger.takeDueLeases = (_most, ...args) =>
      (searches += 1) === 2
        ? Promise.reject(new Error('the ledger is unavailable'))
        : fixture.ledger.takeDueLeases(1, ...args);
    const { revoked, problems } = await revokeOverdue({
      ...fixture.deps,
      ledger: { ...fixture.ledger, takeDueLeases },
    });
    expect(requests.map(firstLease)).toEqual(expect.arrayContaining([...revoked]));
    expect([revoked.length, problems]).toEqual([1, ['the ledger is unavailable']]);
  });

  test.each(['granting', 'active'])(
    'whose end is not reached are not revoked, and the sweep says so: %s',
    async (kind) => {
      const request = await approvedWithoutWorkflow(fixture);
      if (kind === 'active') await granted(fixture, request);
      await rowsOf(fixture.url, 'update lease set next_try_at = ledger_now() where request_id = $1', [
        request,
      ]);
      expect(await sweep(fixture.deps)).toMatchObject({
        revoked: [],
        failedRevocations: [{ lease: firstLease(request), why: 'its end is not reached yet' }],
      });
      expect(await fixture.state(request)).toMatchObject({ kind });
      await answered(fixture, request, { kind: 'end', by: 'ana' });
    },
  );
});

test('a duty that cannot be done delays no other one, and the sweep says why (I17)', async () => {
  const pending = await openedWithoutWorkflow(fixture);
  await fixture.shiftClock(9 * HOUR);
  const away = () => Promise.reject(new Error('the ledger does not say'));
  const ledger = { ...fixture.ledger, requestsWithWrongLeases: away, openRequestsByRequester: away };
  expect(await sweep({ ...fixture.deps, ledger })).toMatchObject({
    lapsed: [pending],
    problems: ['the ledger does not say', 'the ledger does not say'],
  });
});

test('a lease counts as revoked only with its receipt, whatever its request says', async () => {
  const [request = '' as RequestId] = await live(1);
  await rowsOf(
    fixture.url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     values ($1, 90, 'forged', 'closed', '{"kind":"closed","ending":{"kind":"expired"},"at":0}', 'sweeper', now())`,
    [request],
  );
  await fixture.shiftClock(1.1 * HOUR);
  expect(await sweep(fixture.deps)).toMatchObject({
    revoked: [],
    failedRevocations: [{ lease: firstLease(request), why: 'its request is closed, and it has no receipt' }],
  });
});

test('a second submission in the trail does not hide that access is granted', async () => {
  const [request = '' as RequestId] = await live(1);
  await rowsOf(
    fixture.url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     select request_id, 90, 'forged', kind, body, via, at from event where request_id = $1 and seq = 0`,
    [request],
  );
  await fixture.shiftClock(1.1 * HOUR);
  expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(request)]);
  expect(fixture.levelOf()).toBe('none');
});

test('the log of the sweeper has what it did, and each lease that it could not revoke', async () => {
  const [request = '' as RequestId] = await live(1);
  await fixture.shiftClock(1.1 * HOUR);
  const restore = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
  const logged: (readonly [string, object, string])[] = [];
  const log = {
    warn: (details: object, message: string) => void logged.push(['warn', details, message]),
    error: (details: object, message: string) => void logged.push(['error', details, message]),
  };
  const sweepOnce = async () => {
    const sweeper = runSweeper(fixture.deps, { everySeconds: 3_600, log });
    await until('it logged', () => logged.some(([, , message]) => !/^(reconciled|looked)/.test(message)));
    await sweeper.stop();
    // The looks at access and at the targets have a log of their own.
    return logged.splice(0).filter(([, , message]) => !/^(reconciled|looked)/.test(message));
  };
  expect(await sweepOnce()).toEqual([
    [
      'error',
      { lease: firstLease(request), why: 'provider-forbidden: a test makes this call fail' },
      'not revoked yet; trying again within a minute',
    ],
  ]);
  restore();
  await rowsOf(fixture.url, 'update lease set next_try_at = ledger_now() where request_id = $1', [request]);
  expect(await sweepOnce()).toEqual([['warn', { revoked: [firstLease(request)] }, 'swept']]);
});

test('what a killed worker left of a mass ending is ended in one pass, and not what was opened after one without a lock (I18)', async () => {
  const requests = [...(await live(2)), await openedWithoutWorkflow(fixture)];
  const [locked, own] = ['a', 'b'].map((end) => `end_${end.repeat(26)}` as MassEndingId);
  const common = { by: 'ana' as PersonId, scope: ana, reason: 'a stolen laptop' };
  await fixture.ledger.writeMassEnding({ ...common, id: own as MassEndingId });
  const later = await openedWithoutWorkflow(fixture);
  expect([...(await sweep(fixture.deps)).massEnded].sort()).toEqual([...requests].sort());
  expect((await sweep(fixture.deps)).massEnded).toEqual([]);
  await fixture.ledger.writeMassEnding({ ...common, id: locked as MassEndingId, needs: 1 });
  expect((await sweep(fixture.deps)).massEnded).toEqual([later]);
});
