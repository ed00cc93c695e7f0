import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { openLedger } from '../../ledger/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  granted,
  killedGrant,
  revoked,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

/** A person changes the access at the provider, without Curfew. */
const byHand = (level: 'none' | 'read' | 'write' | 'admin') => fixture.vendor.setLevel('ana', 'thing', level);

async function live(entitlement: 'thing' | 'look' | 'top'): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
}
async function ended(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}
const eventsOf = async <Kind extends Event['kind']>(request: RequestId, kind: Kind) =>
  (await fixture.ledger.readTrail(request)).flatMap(({ event }) =>
    event.kind === kind ? [event as Extract<Event, { kind: Kind }>] : [],
  );
const drifts = (request: RequestId) => eventsOf(request, 'drifted');
const receiptOf = async (request: RequestId) => (await eventsOf(request, 'revoked'))[0];

describe('somebody changed the access by hand before another lease is granted (I22)', () => {
  test('what was lowered stays lowered: the next grant gives its own level only, and both trails are true', async () => {
    const write = await live('thing');
    byHand('none');
    const read = await live('look');
    expect(fixture.levelOf()).toBe('read');
    expect(await drifts(write)).toMatchObject([
      { lease: firstLease(write), change: 'lowered', expected: 'write', found: 'none' },
    ]);
    expect(await drifts(read)).toEqual([]);
    await ended(read);
    expect(fixture.levelOf()).toBe('none');
    await ended(write);
    expect(fixture.levelOf()).toBe('none');
  });

  test('what was raised is recorded, and the next end revokes it too and says so', async () => {
    const write = await live('thing');
    byHand('admin');
    const read = await live('look');
    expect(await drifts(write)).toMatchObject([{ change: 'raised', expected: 'write', found: 'admin' }]);
    await ended(read);
    expect(fixture.levelOf()).toBe('write');
    expect(await receiptOf(read)).toMatchObject({ drift: { change: 'raised', found: 'admin' } });
    await ended(write);
    expect(fixture.levelOf()).toBe('none');
    expect(await receiptOf(write)).not.toHaveProperty('drift');
  });

  test('nothing is recorded when the provider shows what the ledger says, or when the drift is known', async () => {
    const write = await live('thing');
    await ended(await live('look'));
    expect(await drifts(write)).toEqual([]);
    byHand('read');
    await ended(await live('look'));
    await ended(await live('look'));
    expect(await drifts(write)).toHaveLength(1);
  });

  test('what was raised is recorded once, however many leases are granted after it', async () => {
    const write = await live('thing');
    byHand('admin');
    for (let count = 0; count < 2; count += 1) await live('look');
    expect(await drifts(write)).toMatchObject([{ change: 'raised', found: 'admin' }]);
  });

  test('what was lowered and raised again by hand counts again', async () => {
    const write = await live('thing');
    byHand('none');
    await ended(await live('look'));
    byHand('write');
    const read = await live('look');
    expect(await drifts(write)).toMatchObject([
      { change: 'lowered', found: 'none' },
      { change: 'raised', expected: 'none', found: 'write' },
    ]);
    await ended(read);
    expect(fixture.levelOf()).toBe('write');
  });

  test('a second drift lowers the higher lease and does not raise the lower one', async () => {
    const write = await live('thing');
    byHand('none');
    const admin = await live('top');
    byHand('read');
    await ended(await live('look'));
    await ended(admin);
    expect(await drifts(write)).toHaveLength(1);
    expect(fixture.levelOf()).toBe('none');
  });

  test('a repeated grant looks too: what somebody lowered since its first attempt stays lowered', async () => {
    const admin = await live('top');
    const read = await approvedWithoutWorkflow(fixture, { entitlement: 'look', length: '8h' });
    await killedGrant(fixture, read);
    await fixture.shiftClock(61_000);
    await sweep(fixture.deps);
    byHand('none');
    await granted(fixture, read);
    expect(fixture.levelOf()).toBe('read');
    expect(await drifts(admin)).toMatchObject([{ change: 'lowered', found: 'none' }]);
  });

  test('no drift is recorded after the end of another lease, because its undo may have been used', async () => {
    const short = await approvedWithoutWorkflow(fixture, { length: '2m' });
    await granted(fixture, short);
    const long = await approvedWithoutWorkflow(fixture, { length: '8h' });
    await granted(fixture, long);
    const read = await approvedWithoutWorkflow(fixture, { entitlement: 'look', length: '8h' });
    byHand('none'); // as an undo without the ledger does
    await fixture.shiftClock(121_000);
    await granted(fixture, read);
    for (const request of [short, long]) expect(await drifts(request)).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
  });

  test('no drift is recorded while a verification is due', async () => {
    const write = await live('thing');
    await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
    byHand('none');
    await fixture.shiftClock(120_000);
    await live('look');
    expect(await drifts(write)).toEqual([]);
  });

  test('no drift is recorded while the access is in doubt (F02)', async () => {
    const write = await live('thing');
    byHand('none');
    await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 60_000, lateMs: 60_000 });
    await live('look');
    expect(await drifts(write)).toEqual([]);
  });

  test('while the provider may still show an older state, the grant is tried later (F15)', async () => {
    const write = await live('thing');
    byHand('none');
    const read = await approvedWithoutWorkflow(fixture, { entitlement: 'look' });
    const slow = slowProvider(60_000);
    await expect(
      grantLease({ ...fixture.deps, providers: slow }, { lease: firstLease(read), ...attempt }),
    ).rejects.toMatchObject({ code: 'not-verified', retryAfterMs: expect.any(Number) });
    expect(await drifts(write)).toEqual([]);
    await fixture.shiftClock(61_000);
    await grantLease({ ...fixture.deps, providers: slow }, { lease: firstLease(read), ...attempt });
    expect(await drifts(write)).toHaveLength(1);
  });
});

describe('a repair that somebody recorded with a time that is still to come does not hide a change by hand (T24)', () => {
  let write: RequestId;
  beforeEach(async () => {
    write = await live('thing');
    await asAdmin(async (owner) => {
      await owner.query(
        `insert into event (request_id, seq, step, kind, via, at, body)
         select request_id, max(seq) + 1, 'forged', 'repaired', 'sweeper', max(at), jsonb_build_object(
                  'kind', 'repaired', 'at', $2::float8, 'lease', $3::text, 'generation', 2, 'seen', jsonb_build_object('text', 0, 'hash', ''))
           from event where request_id = $1 group by request_id`,
        [write, Date.now() + 365 * 24 * 3_600_000, firstLease(write)],
      );
    }, fixture.url);
    byHand('none');
  });

  test('before the grant of another lease', async () => {
    await live('look');
    expect(await drifts(write)).toMatchObject([{ change: 'lowered', expected: 'write', found: 'none' }]);
  });

  test('in the receipt', async () => {
    await ended(write);
    expect(await receiptOf(write)).toMatchObject({ drift: { change: 'lowered', expected: 'write' } });
  });
});

describe('the receipt of a revocation names what somebody changed by hand (I22)', () => {
  test.each([
    ['admin', 'raised'],
    ['read', 'lowered'],
    ['none', 'lowered'],
  ] as const)('a change to %s is named as %s', async (found, change) => {
    const request = await live('thing');
    byHand(found);
    await ended(request);
    expect(fixture.levelOf()).toBe('none');
    expect(await receiptOf(request)).toMatchObject({ drift: { change, expected: 'write', found } });
  });

  test('other leases count for what a drift left, so no repair grants the access again', async () => {
    const [admin, write] = [await live('top'), await live('thing')];
    byHand('read');
    await ended(admin);
    expect(await drifts(write)).toMatchObject([{ change: 'lowered', expected: 'admin', found: 'read' }]);
    await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
    await sweep(fixture.deps);
    expect(fixture.levelOf()).toBe('read');
    expect(await fixture.kinds(write)).not.toMatch(/repaired/);
  });

  test('a revocation leaves no more than the drift left, although another lease gave more', async () => {
    const [write] = [await live('thing'), await live('top')];
    byHand('read');
    await answered(fixture, write, { kind: 'end', by: 'ana' });
    const { provider } = fixture.providerControl;
    const levels: string[] = [];
    const ensureAbsent: Provider['ensureAbsent'] = (intent, signal) => {
      levels.push(intent.level);
      return provider.ensureAbsent(intent, signal);
    };
    const deps = { ...fixture.deps, providers: new Map([['fake', { ...provider, ensureAbsent }]]) };
    await revoked({ ...fixture, deps }, write);
    expect(levels).toEqual(['read']);
  });

  test('what was raised is in the receipt only, because the end takes it away', async () => {
    const [one, other] = [await live('thing'), await live('thing')];
    byHand('admin');
    await ended(one);
    expect(await receiptOf(one)).toMatchObject({ drift: { change: 'raised', found: 'admin' } });
    expect(await drifts(other)).toEqual([]);
  });

  test('a drift is recorded also when the first attempt to revoke fails after the read, and no repair grants the access again (F13)', async () => {
    const [write, admin] = [await live('thing'), await live('top')];
    byHand('none');
    await answered(fixture, admin, { kind: 'end', by: 'ana' });
    const recover = fixture.providerControl.failFrom('ensureAbsent');
    await expect(revoked(fixture, admin)).rejects.toMatchObject({ code: 'provider-unavailable' });
    recover();
    await revoked(fixture, admin);
    expect(await drifts(write)).toMatchObject([{ change: 'lowered', expected: 'admin', found: 'none' }]);
    await fixture.shiftClock(61_000);
    await sweep(fixture.deps);
    expect([fixture.levelOf(), await fixture.kinds(write)]).toEqual([
      'none',
      expect.not.stringMatching(/repaired/),
    ]);
  });

  test('the sweeper records a drift below every level that the undo can leave (T24)', async () => {
    const ledger = openLedger(fixture.url, { role: 'sweeper' });
    try {
      const long = await approvedWithoutWorkflow(fixture, { length: '8h' });
      await granted(fixture, long);
      const short = await approvedWithoutWorkflow(fixture, { length: '2m' });
      await granted(fixture, short);
      byHand('none');
      for (const ms of [140_000, 160_000, 400_000]) {
        await fixture.shiftClock(ms);
        expect((await sweep({ ...fixture.deps, ledger })).failedRevocations).toEqual([]);
      }
      expect(await receiptOf(short)).toMatchObject({ drift: { change: 'lowered', found: 'none' } });
      expect([fixture.levelOf(), await fixture.kinds(long)]).toEqual([
        'none',
        expect.stringMatching(/activated drifted$/),
      ]);
    } finally {
      await ledger.close();
    }
  });

  test('a receipt names no drift from the end on, when the undo may have lowered the access without the ledger', async () => {
    const request = await approvedWithoutWorkflow(fixture, { length: '2m' });
    await granted(fixture, request);
    byHand('none'); // as an undo without the ledger does
    await fixture.shiftClock(121_000);
    await revokeLease(fixture.deps, { lease: firstLease(request), via: 'sweeper', ...attempt });
    expect(await receiptOf(request)).not.toHaveProperty('drift');
  });

  test('a receipt names no drift when its undo did not know the lease that lost its access', async () => {
    const short = await approvedWithoutWorkflow(fixture, { length: '2m' });
    await granted(fixture, short);
    const long = await approvedWithoutWorkflow(fixture, { length: '8h' });
    await granted(fixture, long);
    byHand('none'); // as an undo without the ledger does
    await fixture.shiftClock(121_000);
    await revokeLease(fixture.deps, { lease: firstLease(short), via: 'sweeper', ...attempt });
    expect(await receiptOf(short)).not.toHaveProperty('drift');
    expect(await fixture.kinds(long)).not.toMatch(/drifted/);
  });

  test('a receipt names no drift when nobody changed the access, alone and beside other leases', async () => {
    const [write, read, top] = [await live('thing'), await live('look'), await live('top')];
    for (const request of [top, read, write]) {
      await ended(request);
      expect(await receiptOf(request)).not.toHaveProperty('drift');
    }
  });

  test("a receipt names no drift after an attempt whose answer was lost, because that change is Curfew's own (F13)", async () => {
    const request = await live('thing');
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const recover = fixture.providerControl.failFrom('ensureAbsent');
    await expect(revoked(fixture, request)).rejects.toThrow();
    recover();
    byHand('none');
    await revoked(fixture, request);
    expect(await receiptOf(request)).not.toHaveProperty('drift');
  });

  test('a receipt names no drift while the provider may still show an older state (F15)', async () => {
    const request = await live('thing');
    byHand('none');
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const deps = { ...fixture.deps, providers: slowProvider(60_000) };
    await revokeLease(deps, { lease: firstLease(request), via: 'sweeper', ...attempt });
    expect(await receiptOf(request)).not.toHaveProperty('drift');
  });

  test('a receipt names no drift while the provider may still show what was revoked just before (F15)', async () => {
    const write = await live('thing');
    await fixture.shiftClock(61_000);
    await ended(await live('top'));
    byHand('admin'); // as a read shows it that is late
    await answered(fixture, write, { kind: 'end', by: 'ana' });
    const deps = { ...fixture.deps, providers: slowProvider(60_000) };
    await revokeLease(deps, { lease: firstLease(write), via: 'sweeper', ...attempt });
    expect(await receiptOf(write)).not.toHaveProperty('drift');
  });

  test('a receipt names no drift while the provider may not show yet what was granted just before (F15)', async () => {
    const write = await live('thing');
    await fixture.shiftClock(61_000);
    await live('top');
    byHand('write'); // as a read shows it that is late
    await answered(fixture, write, { kind: 'end', by: 'ana' });
    const deps = { ...fixture.deps, providers: slowProvider(60_000) };
    await revokeLease(deps, { lease: firstLease(write), via: 'sweeper', ...attempt });
    expect(await receiptOf(write)).not.toHaveProperty('drift');
  });

  test('a receipt names no drift for a grant that was never confirmed', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const recover = fixture.providerControl.failFrom('ensurePresent', 'provider-refused');
    await expect(granted(fixture, request)).rejects.toThrow();
    recover();
    await revoked(fixture, request);
    expect(await receiptOf(request)).not.toHaveProperty('drift');
  });
});

test('the process of a provider may record what somebody changed by hand, and the sweeper what is cleaned up (T24)', async () => {
  const [asProvider, asSweeper] = (['provider', 'sweeper'] as const).map((role) => {
    const ledger = openLedger(fixture.url, { role });
    return { ...fixture, ledger, deps: { ...fixture.deps, ledger } };
  });
  if (!asProvider || !asSweeper) throw new Error('there are two roles');
  try {
    const write = await live('thing');
    byHand('none');
    const read = await approvedWithoutWorkflow(fixture, { entitlement: 'look' });
    await granted(asProvider, read);
    expect(await fixture.kinds(write)).toMatch(/activated drifted$/);
    const { provider } = fixture.providerControl;
    const ensureAbsent: typeof provider.ensureAbsent = async (...args) => ({
      ...(await provider.ensureAbsent(...args)),
      untidied: 'A reader holds a lock.',
    });
    await answered(fixture, write, { kind: 'end', by: 'ana' });
    const providers = new Map([['fake', { ...provider, ensureAbsent }]]);
    const deps = { ...asProvider.deps, providers };
    await revokeLease(deps, { lease: firstLease(write), via: 'workflow', ...attempt });
    expect((await sweep(asSweeper.deps)).unverified).toEqual([]);
    expect(await fixture.kinds(write)).toMatch(/revoked closed tidied$/);
  } finally {
    for (const { ledger } of [asProvider, asSweeper]) await ledger.close();
  }
});

/** The provider, which shows an older state for this many milliseconds after a write. */
const slowProvider = (consistencyWindowMs: number): ReadonlyMap<string, Provider> =>
  new Map([['fake', { ...fixture.providerControl.provider, consistencyWindowMs }]]);
