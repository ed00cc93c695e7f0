import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Fault, type FaultCode } from '../../core/faults.ts';
import type { RequestId } from '../../core/ids.ts';
import { WAITS } from '../../core/waits.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { verifyDoubtfulAccesses } from '../../upkeep/verify-accesses.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { verifyAccess } from '../../requests/verify-access.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  granted,
  openedWithoutWorkflow,
  revoked,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

const live = async (length = '1h', entitlement = 'thing'): Promise<RequestId> => {
  const approvers = entitlement === 'pair' ? ['bo', 'cy'] : ['bo'];
  const request = await approvedWithoutWorkflow(fixture, { length, entitlement }, approvers);
  await granted(fixture, request);
  return request;
};
/** Ends a request and revokes its access. */
async function endedAndRevoked(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}
const sweepAt = async (ms: number) => {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
};
/** The access is in doubt from now on, for a minute. */
const doubtIt = () => fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
const openDoubts = () => rowsOf(fixture.url, 'select from provider_lock where verify_at is not null');
const callsOf = (...calls: Parameters<typeof fixture.providerControl.countOf>[0][]) =>
  calls.map((call) => fixture.providerControl.countOf(call));

describe('an access is in doubt', () => {
  test.each<FaultCode>(['provider-unavailable', 'not-verified', 'provider-refused'])(
    'after a grant that failed with %s, because its call may arrive later (F02)',
    async (code) => {
      const request = await approvedWithoutWorkflow(fixture);
      const recover = fixture.providerControl.failFrom('ensurePresent', code);
      await expect(granted(fixture, request)).rejects.toMatchObject({ code });
      recover();
      expect(await openDoubts()).toHaveLength(1);
    },
  );

  test('not after a read that failed, because nothing was sent', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const recover = fixture.providerControl.failFrom('observe');
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'provider-unavailable' });
    recover();
    expect(await openDoubts()).toEqual([]);
  });

  test('after a revocation that failed, and after a call that failed in an unknown way (F02)', async () => {
    const request = await live();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    for (const error of [new Fault('provider-throttled', 'x'), new Error('a bug')]) {
      await rowsOf(fixture.url, 'update provider_lock set verify_at = null, doubt_until = null');
      const recover = fixture.providerControl.failFrom('ensureAbsent', error);
      await expect(revoked(fixture, request)).rejects.toBe(error);
      recover();
      expect(await openDoubts()).toHaveLength(1);
    }
  });

  test('after a verification whose change failed, and not after one whose read failed (F02)', async () => {
    const verify = () => verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal);
    const doubtsAfterFailed = async (call: 'observe' | 'ensurePresent' | 'ensureAbsent') => {
      const recover = fixture.providerControl.failFrom(call);
      await expect(verify()).rejects.toMatchObject({ code: 'provider-unavailable' });
      recover();
      return (await openDoubts()).length;
    };
    const request = await live();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    expect(await doubtsAfterFailed('observe')).toBe(0);
    expect(await doubtsAfterFailed('ensurePresent')).toBe(1);
    await endedAndRevoked(request);
    await rowsOf(fixture.url, 'update provider_lock set verify_at = null, doubt_until = null');
    expect(await doubtsAfterFailed('ensureAbsent')).toBe(1);
  });

  test('while its lock cannot be released, from the moment in which somebody takes it', async () => {
    const request = await live();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await rowsOf(
      fixture.url,
      `update provider_lock set ends_at = ledger_now() - interval '1 second' where key = 'fake\nthing\nana'`,
    );
    await revoked(fixture, request);
    expect(await openDoubts()).toHaveLength(1);
  });

  test('after a receipt that comes more than five seconds after the end, and not after an ordinary end', async () => {
    await endedAndRevoked(await live());
    expect(await openDoubts()).toEqual([]);
    const late = await live('2m');
    await fixture.shiftClock(126_000);
    await revoked(fixture, late);
    expect(await openDoubts()).toHaveLength(1);
  });

  test('after a report that it was revoked without the ledger, because other live leases may have lost it too', async () => {
    const request = await live();
    await fixture.ledger.record({
      request,
      name: 'undone',
      via: 'workflow',
      command: (_state, at) => ({
        kind: 'report-undone',
        lease: firstLease(request),
        undoneAt: at,
        at,
      }),
    });
    expect(await openDoubts()).toHaveLength(1);
  });

  test('not after an attempt that the ledger refused before it changed anything', async () => {
    const request = await live();
    await endedAndRevoked(request);
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(await openDoubts()).toEqual([]);
  });
});

describe('an access in doubt', () => {
  test('is granted again to each live lease that lost it, and the trail of each says so (I6)', async () => {
    const over = await live('2m');
    const [one, other] = [await live(), await live()];
    await fixture.shiftClock(126_000);
    fixture.vendor.setLevel('ana', 'thing', 'none'); // as a revocation without the ledger does, whose undo is older
    await revoked(fixture, over);
    expect((await sweepAt(127_000)).unverified).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
    for (const request of [one, other]) expect(await fixture.kinds(request)).toMatch(/activated repaired$/);
    expect(await fixture.kinds(over)).toMatch(/revoked closed$/);
  });

  test('is read once, however many leases share it, and is granted again once', async () => {
    for (let count = 0; count < 3; count += 1) await live();
    await doubtIt();
    const [observed = 0, present = 0] = callsOf('observe', 'ensurePresent');
    await verifyDoubtfulAccesses(fixture.deps);
    expect(callsOf('observe', 'ensurePresent')).toEqual([observed + 1, present]);
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await fixture.shiftClock(16_000);
    await verifyDoubtfulAccesses(fixture.deps);
    expect(callsOf('observe', 'ensurePresent')).toEqual([observed + 2, present + 1]);
  });

  test('is granted at the highest level that its live leases need, and only who lost something is told', async () => {
    const [write, read] = [await live(), await live('1h', 'pair')];
    await doubtIt();
    fixture.vendor.setLevel('ana', 'thing', 'read');
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(write)).toMatch(/repaired$/);
    expect(await fixture.kinds(read)).not.toMatch(/repaired/);
  });

  test('is not granted to a lease whose end is over', async () => {
    const over = await live('2m');
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await fixture.shiftClock(121_000);
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(over)).toMatch(/activated$/);
  });

  test('is not raised to the level of a lease whose end is over and which is not revoked yet (I1)', async () => {
    const write = await live();
    await live('2m', 'top');
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await fixture.shiftClock(121_000);
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(write)).toMatch(/repaired$/);
  });

  test('is revoked when it came after its receipt, also when a read does not show it (F03)', async () => {
    const request = await live();
    await endedAndRevoked(request);
    await doubtIt();
    const [observed = 0, absent = 0] = callsOf('observe', 'ensureAbsent');
    await verifyDoubtfulAccesses(fixture.deps);
    expect(callsOf('observe', 'ensureAbsent')).toEqual([observed, absent + 1]);
    expect(await fixture.kinds(request)).toMatch(/closed$/);

    fixture.vendor.setLevel('ana', 'thing', 'write');
    await fixture.shiftClock(16_000);
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/closed repaired$/);
  });

  test('is not set right for a revoked lease while it is being revoked for another one, whose receipt follows', async () => {
    const [one, other] = [await live(), await live()];
    await endedAndRevoked(one);
    await answered(fixture, other, { kind: 'end', by: 'ana' });
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
    await revoked(fixture, other);
    expect(levelsWritten(fixture, other)).toEqual(['none']);

    fixture.vendor.setLevel('ana', 'thing', 'write');
    await fixture.shiftClock(16_000);
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(one)).toMatch(/closed$/);
    expect(await fixture.kinds(other)).toMatch(/closed repaired$/);
  });

  test('is set right for the newest of the leases that shared it, whichever was revoked last', async () => {
    const [older, newer] = [await live(), await live()];
    for (const request of [newer, older]) await endedAndRevoked(request);
    await doubtIt();
    fixture.vendor.setLevel('ana', 'thing', 'write'); // a late call
    await verifyDoubtfulAccesses(fixture.deps);
    expect(await fixture.kinds(older)).toMatch(/closed$/);
    expect(await fixture.kinds(newer)).toMatch(/closed repaired$/);
  });

  test('is verified at once for its live lease, also when another one is ended after its leases were read (I22)', async () => {
    const [over, stays] = [await live(), await live('1h', 'pair')];
    await doubtIt();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    let reads = 0;
    const readLeases: typeof fixture.ledger.leasesToVerify = async (key) => {
      const leases = await fixture.ledger.leasesToVerify(key);
      // They are read before the lock of the access is taken, and again under it.
      if (leases.length > 1 && (reads += 1) === 2) await answered(fixture, over, { kind: 'end', by: 'ana' });
      return leases;
    };
    const ledger = { ...fixture.ledger, leasesToVerify: readLeases };
    expect(await verifyDoubtfulAccesses({ ...fixture.deps, ledger })).toEqual([]);
    expect(fixture.levelOf()).toBe('read');
    expect(await fixture.kinds(stays)).toMatch(/repaired$/);
    expect(await fixture.kinds(over)).toMatch(/revoke-started/);
  });

  test('is not revoked for a lease that never reached its provider', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await endedAndRevoked(request);
    await doubtIt();
    expect(await verifyDoubtfulAccesses(fixture.deps)).toEqual([]);
    expect(callsOf('observe', 'ensurePresent', 'ensureAbsent')).toEqual([0, 0, 0]);
  });

  test('is not granted for a lease that somebody wrote into the table, and that has no event (I9, T24)', async () => {
    const over = await live();
    await endedAndRevoked(over);
    const forged = await openedWithoutWorkflow(fixture);
    await rowsOf(
      fixture.url,
      `insert into lease (id, request_id, position, provider, state, lock_key, ends_at, holding_id)
       select 'lease_forged', $1, position, provider, 'granted', lock_key, ends_at, holding_id
         from lease where request_id = $2`,
      [forged, over],
    );
    await doubtIt();
    const [present = 0] = callsOf('ensurePresent');
    await verifyDoubtfulAccesses(fixture.deps);
    expect([fixture.levelOf(), ...callsOf('ensurePresent')]).toEqual(['none', present]);
  });

  test('is granted again and revoked at its own level, whatever level a lease has that somebody wrote into the table (I5, I9, T24)', async () => {
    const request = await live();
    await rowsOf(
      fixture.url,
      `insert into lease (id, request_id, position, provider, state, lock_key, ends_at, holding_id)
       select 'lease_forged', $1, position, provider, 'granted', lock_key, ends_at, holding_id
         from lease where request_id = $2`,
      [await openedWithoutWorkflow(fixture, { entitlement: 'top' }), request],
    );
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
    await endedAndRevoked(request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('keeps what somebody gave the account after a revocation that is long over (I5)', async () => {
    await endedAndRevoked(await live());
    await fixture.shiftClock(40 * 60_000);
    fixture.vendor.setLevel('ana', 'thing', 'write'); // an administrator, for good
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
  });

  test('keeps what somebody gave the account after an earlier doubt that is over (I5)', async () => {
    await endedAndRevoked(await live());
    await doubtIt();
    for (const ms of [0, 16_000, 32_000, 48_000, 64_000]) await sweepAt(ms);
    expect(await openDoubts()).toEqual([]);
    await fixture.shiftClock(40 * 60_000);
    fixture.vendor.setLevel('ana', 'thing', 'write'); // an administrator, for good
    await doubtIt();
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
  });

  test('is verified for what was revoked since the first of several doubts, not since the last', async () => {
    const request = await live();
    await doubtIt();
    await endedAndRevoked(request);
    for (const ms of [55_000, 110_000]) {
      await fixture.shiftClock(ms);
      await doubtIt();
    }
    fixture.vendor.setLevel('ana', 'thing', 'write'); // a late call
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
  });

  test('is not raised to the level of a lease whose grant is not confirmed (B36)', async () => {
    const write = await live();
    const admin = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
    const recover = fixture.providerControl.failFrom('ensurePresent');
    await expect(granted(fixture, admin)).rejects.toThrow(); // its intent is recorded
    recover();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await fixture.shiftClock(6_000);
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(write)).toMatch(/repaired$/);
  });

  test.each([
    ['thing', 'write'],
    ['pair', 'read'],
  ])(
    'is granted again by the id of the account, whatever another account has that took its name (F24): %s to %s',
    async (entitlement, level) => {
      const request = await live('1h', entitlement);
      fixture.vendor.setLevel('ana', 'thing', 'none');
      await doubtIt();
      const { provider } = fixture.providerControl;
      const observe: typeof provider.observe = async (...args) => ({
        ...(await provider.observe(...args)),
        subject: { id: 'another account', name: 'ana' },
        level: 'admin',
      });
      const providers = new Map([['fake', { ...provider, observe }]]);
      expect(await verifyDoubtfulAccesses({ ...fixture.deps, providers })).toEqual([]);
      expect(fixture.levelOf()).toBe(level);
      expect(await fixture.kinds(request)).toMatch(/ repaired$/);
    },
  );

  test('is not recorded as set right by a process whose lock somebody else took (F16)', async () => {
    const request = await live();
    await endedAndRevoked(request);
    fixture.vendor.setLevel('ana', 'thing', 'write');
    const withLock: typeof fixture.ledger.withLock = (key, work) =>
      fixture.ledger.withLock(key, (lock) => work({ ...lock, fence: lock.fence - 1 }));
    const deps = { ...fixture.deps, ledger: { ...fixture.ledger, withLock } };
    const verifying = verifyAccess(deps, 'fake\nthing\nana', attempt.signal);
    await expect(verifying).rejects.toMatchObject({ code: 'lock-lost' });
    expect(await fixture.kinds(request)).toMatch(/closed$/);
  });

  /** The limits of calls to the provider. The manifest has one of its own. */
  const limitsOfCalls = (calls: readonly (readonly number[])[]): readonly number[] =>
    calls.flat().filter((ms) => ms !== WAITS.manifestAnswer.ms);

  test('is granted again with a call that ends with the access, by the clock of the ledger (I1)', async () => {
    const request = await live();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    const state = await fixture.state(request);
    const limit = jest.spyOn(AbortSignal, 'timeout');
    await stopClock(fixture.url, ('endsAt' in state ? state.endsAt : 0) - 700);
    await verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal);
    expect(limitsOfCalls(limit.mock.calls)).toEqual([700]);
    limit.mockRestore();
    expect(fixture.levelOf()).toBe('write');
  });

  test('that several leases share is granted again with a call that ends with the last of them', async () => {
    const [long, short] = [await live('2m'), await live('1m')];
    fixture.vendor.setLevel('ana', 'thing', 'none');
    const endOf = async (request: RequestId) => (await fixture.ledger.leasesOf(request))[0]?.endsAt ?? 0;
    const [last, first] = [await endOf(long), await endOf(short)];
    const limit = jest.spyOn(AbortSignal, 'timeout');
    await stopClock(fixture.url, first - 700);
    await verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal);
    expect(last - first).toBeGreaterThan(WAITS.attempt.ms);
    expect(limitsOfCalls(limit.mock.calls)).toEqual([WAITS.attempt.ms]);
    limit.mockRestore();
  });

  test('is granted again each time that it is lost, and the trail says so each time', async () => {
    const request = await live();
    for (const _time of [1, 2]) {
      fixture.vendor.setLevel('ana', 'thing', 'none');
      await verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal);
      expect(fixture.levelOf()).toBe('write');
    }
    expect(await fixture.kinds(request)).toMatch(/activated repaired repaired$/);
    const trail = (await fixture.ledger.readTrail(request)).map(({ event }) => event);
    expect(trail.flatMap((event) => (event.kind === 'repaired' ? [event.generation] : []))).toEqual([2, 3]);
  });

  test('is granted again to each account that has leases, when another account has the name now', async () => {
    await live();
    const [old] = await rowsOf<{ id: string }>(fixture.url, 'select subject_id as id from holding');
    fixture.vendor.renameAccount('ana', 'ana-before');
    const id = fixture.vendor.makeAccount('ana');
    await live();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    const { provider } = fixture.providerControl;
    const grantedTo: string[] = [];
    const ensurePresent: typeof provider.ensurePresent = ({ subject, level }) => {
      grantedTo.push(subject.id);
      return Promise.resolve({ level, seen: level });
    };
    const providers = new Map([['fake', { ...provider, ensurePresent }]]);
    await verifyAccess({ ...fixture.deps, providers }, 'fake\nthing\nana', attempt.signal);
    expect(new Set(grantedTo)).toEqual(new Set([old?.id, id]));
  });

  test('is revoked for each account that had it, when another account has the name now', async () => {
    await endedAndRevoked(await live());
    await rowsOf(fixture.url, `update holding set subject_id = 'an account that was deleted'`);
    await endedAndRevoked(await live());
    await doubtIt();
    const { provider } = fixture.providerControl;
    const revokedFor: string[] = [];
    const ensureAbsent: typeof provider.ensureAbsent = ({ subject }) => {
      revokedFor.push(subject.id);
      return Promise.resolve({ level: 'none', seen: 'nothing' });
    };
    const providers = new Map([['fake', { ...provider, ensureAbsent }]]);
    expect(await verifyDoubtfulAccesses({ ...fixture.deps, providers })).toEqual([]);
    expect(revokedFor.sort()).toEqual(['an account that was deleted', expect.stringMatching(/^fake-/)]);
  });

  test('is revoked once for all leases that shared it, down to what live leases need', async () => {
    for (let count = 0; count < 3; count += 1) await endedAndRevoked(await live());
    const read = await live('1h', 'pair');
    await doubtIt();
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    const [absent = 0] = callsOf('ensureAbsent');
    await verifyDoubtfulAccesses(fixture.deps);
    expect(fixture.levelOf()).toBe('read');
    expect(callsOf('ensureAbsent')).toEqual([absent + 1]);
    expect(levelsWritten(fixture, read)).toEqual(['read']);
  });

  test('with a provider that makes an object for each lease, each late object is revoked and no other is touched', async () => {
    const [one, other] = [await live(), await live()];
    for (const request of [one, other]) await endedAndRevoked(request);
    await live();
    await doubtIt();
    const { provider } = fixture.providerControl;
    const touched: string[] = [];
    const touch: typeof provider.ensureAbsent = ({ lease }) => {
      touched.push(lease);
      return Promise.resolve({ level: 'none', seen: 'nothing' });
    };
    const own = { ...provider, ownObject: () => true, ensurePresent: touch, ensureAbsent: touch };
    const [observed] = callsOf('observe');
    expect(await verifyDoubtfulAccesses({ ...fixture.deps, providers: new Map([['fake', own]]) })).toEqual(
      [],
    );
    expect(touched.sort()).toEqual([one, other].map(firstLease));
    expect(callsOf('observe')).toEqual([observed]);
  });

  test('is verified every fifteen seconds for as long as the doubt lasts, and a doubt that comes meanwhile stays', async () => {
    await live();
    await doubtIt();
    const looks: number[] = [];
    for (let ms = 0; ms <= 120_000; ms += 5_000) {
      const [before = 0] = callsOf('observe');
      await sweepAt(ms);
      if (callsOf('observe')[0] !== before) looks.push(ms / 1_000);
    }
    expect(looks).toHaveLength(5);
    expect(looks.at(-1)).toBeLessThanOrEqual(65);
    expect(await openDoubts()).toEqual([]);

    await doubtIt();
    const taken = await fixture.ledger.takeVerification({ keys: [], providers: [] });
    await doubtIt();
    if (taken) await fixture.ledger.endVerification(taken);
    expect(await fixture.ledger.takeVerification({ keys: [], providers: [] })).toMatchObject({
      key: 'fake\nthing\nana',
      provider: 'fake',
    });
  });

  test('that cannot be verified is reported, and is tried again', async () => {
    await live();
    await doubtIt();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    const recover = fixture.providerControl.failFrom('observe');
    expect((await sweepAt(1_000)).unverified).toEqual([
      { access: 'fake thing ana', why: expect.stringMatching(/^provider-unavailable/) },
    ]);
    recover();
    await sweepAt(40_000);
    expect(fixture.levelOf()).toBe('write');
  });

  test('is verified for each lease that can be read, also when the target of another one cannot', async () => {
    const broken = await live();
    await live();
    await rowsOf(
      fixture.url,
      `update lease set found_spec = '{"resource":7}' where id = '${firstLease(broken)}'`,
    );
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await expect(verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal)).rejects.toMatchObject({
      code: 'target-missing',
    });
    expect(fixture.levelOf()).toBe('write');
  });

  test('is granted again to its live leases, also when what was revoked cannot be revoked again', async () => {
    await endedAndRevoked(await live());
    await live();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    const recover = fixture.providerControl.failFrom('ensureAbsent');
    await expect(verifyAccess(fixture.deps, 'fake\nthing\nana', attempt.signal)).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    recover();
    expect(fixture.levelOf()).toBe('write');
  });

  test('is not verified twice at the same time', async () => {
    await live();
    await doubtIt();
    const none = { keys: [], providers: [] };
    const taken = await Promise.all([1, 2].map(() => fixture.ledger.takeVerification(none)));
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
    await fixture.shiftClock(31_000); // the process that took it was killed
    expect(await fixture.ledger.takeVerification({ ...none, keys: ['fake\nthing\nana'] })).toBeUndefined();
    const busy = { keys: ['fake\nother\nana', 'fake\nthing\nana'], providers: [] };
    expect(await fixture.ledger.takeVerification(busy)).toBeUndefined();
    expect(await fixture.ledger.takeVerification({ ...none, providers: ['fake'] })).toBeUndefined();
    expect(await fixture.ledger.takeVerification({ ...none, providers: ['login', 'fake'] })).toBeUndefined();
    expect(await fixture.ledger.takeVerification(none)).toBeDefined();
  });

  test('is in doubt until the last of several late changes can come, and is verified when the first one can', async () => {
    await live();
    const now = Date.now();
    await stopClock(fixture.url, now);
    const doubt = (afterMs: number, lateMs: number) =>
      fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs, lateMs });
    const times = () => rowsOf(fixture.url, 'select verify_at, doubt_until from provider_lock');
    for (const [afterMs, lateMs] of [
      [5_000, 50_000],
      [3_000, 60_000],
      [4_000, 40_000],
    ] as const)
      await doubt(afterMs, lateMs);
    expect(await times()).toEqual([
      { verify_at: new Date(now + 3_000), doubt_until: new Date(now + 60_000) },
    ]);
  });
});

describe('what a lease left is cleaned up later, and its receipt does not wait for that', () => {
  /** The provider, which revokes the access and says that something is left while `left` has a text. */
  function untidied() {
    const state: { left?: string } = { left: 'A reader holds a lock.' };
    const { provider } = fixture.providerControl;
    const ensureAbsent: typeof provider.ensureAbsent = async (...args) => ({
      ...(await provider.ensureAbsent(...args)),
      note: 'It owned a table.',
      ...(state.left === undefined ? {} : { untidied: state.left }),
    });
    return {
      state,
      deps: {
        ...fixture.deps,
        providers: new Map([['fake', { ...provider, ensureAbsent, ownObject: () => true }]]),
      },
    };
  }
  const last = async (request: RequestId) => (await fixture.ledger.readTrail(request)).at(-1)?.event;

  test('the receipt says what is left, and the request is closed', async () => {
    const request = await live();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revokeLease(untidied().deps, { lease: firstLease(request), via: 'sweeper', ...attempt });
    const receipt = (await fixture.ledger.readTrail(request)).find(({ event }) => event.kind === 'revoked');
    expect(receipt?.event).toMatchObject({
      note: 'It owned a table. A reader holds a lock.',
      untidied: true,
    });
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed' });
  });

  test('the sweeper tries until nothing is left, records that once, and says until then what is left', async () => {
    const [request, beside] = [await live(), await live()];
    const { deps, state } = untidied();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revokeLease(deps, { lease: firstLease(request), via: 'sweeper', ...attempt });
    for (const ms of [0, 31_000, 200_000]) {
      await fixture.shiftClock(ms);
      expect(await verifyDoubtfulAccesses(deps)).toMatchObject([
        { why: 'not-verified: A reader holds a lock.' },
      ]);
      expect(await last(request)).toMatchObject({ kind: 'closed' });
    }
    delete state.left;
    await fixture.shiftClock(300_000);
    expect(await verifyDoubtfulAccesses(deps)).toEqual([]);
    expect(await last(request)).toMatchObject({ kind: 'tidied', note: 'It owned a table.' });
    expect(fixture.levelOf()).toBe('write');
    await fixture.shiftClock(400_000);
    expect(await verifyDoubtfulAccesses(deps)).toEqual([]);
    expect(await fixture.kinds(request)).toMatch(/revoked closed tidied$/);
    expect(await fixture.kinds(beside)).toMatch(/activated$/);
  });

  test('what the sweeper lowered is recorded also while something is left', async () => {
    const request = await live();
    const { deps } = untidied();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revokeLease(deps, { lease: firstLease(request), via: 'sweeper', ...attempt });
    fixture.vendor.setLevel('ana', 'thing', 'write'); // a late call
    expect(await verifyDoubtfulAccesses(deps)).toMatchObject([
      { why: 'not-verified: A reader holds a lock.' },
    ]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/revoked closed repaired$/);
  });
});
