import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Fault, type FaultCode } from '../../core/faults.ts';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { Deps } from '../../requests/deps.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease, type RevokeInput } from '../../requests/revoke-lease.ts';
import { openUndo, sealUndo } from '../../requests/undo.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { blockDatabase } from '../ledger/outage.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  await fixture.shiftClock(0);
  await emptyManifest();
});
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;
const OVER = (Date.now() - 1_000) as Instant;
const refuse = (): never => {
  throw new Error('there is nothing to remember');
};
const away = () => Promise.reject(new Fault('ledger-unavailable', 'it is unavailable'));
const withLedger = (replaced: Partial<Deps['ledger']>): Deps => ({
  ...fixture.deps,
  ledger: { ...fixture.ledger, ...replaced },
});
/** The ledger of a process that cannot reach it at all. */
const UNAVAILABLE: Partial<Deps['ledger']> = { readState: away, canWrite: () => Promise.resolve(false) };
const revokeWith = (deps: Deps, request: RequestId, more: Partial<RevokeInput> = {}) =>
  revokeLease(deps, { lease: firstLease(request), via: 'workflow', ...attempt, ...more });

/** A live request with its sealed undo, which would leave the level `read`. Its lease ended according to the undo. */
async function live(endsAt = OVER) {
  const request = await approvedWithoutWorkflow(fixture);
  const { undo: sealed } = await granted(fixture, request);
  const undo = openUndo(fixture.deps, firstLease(request), sealed);
  const changed =
    undo && sealUndo(fixture.deps, { ...undo, intent: { ...undo.intent, level: 'read', endsAt } });
  if (!changed) throw new Error('the undo does not open');
  return { request, undo: changed };
}
const UNTOUCHED = ['write'];
const UNDONE = ['write', 'read'];
/** Some tests take events out of the ledger. The manifest would show that to the tests after them, and they would be in quarantine. */
async function emptyManifest(): Promise<void> {
  const { store } = fixture.deps.manifest ?? {};
  for (const name of (await store?.list(attempt.signal)) ?? []) await store?.remove(name, attempt.signal);
}
/** Ends what a test left at the provider. */
async function cleanUp(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
  fixture.vendor.setLevel('ana', 'thing', 'none');
}

describe('after a failover that lost the last commits of the ledger (F05, I14)', () => {
  const asOwner = (request: RequestId, ...statements: readonly string[]) =>
    asAdmin(async (owner) => {
      await owner.query('alter table event disable trigger append_only');
      for (const statement of statements) await owner.query(statement, [request]);
      await owner.query('alter table event enable trigger append_only');
    }, fixture.url);

  test('access whose approval was lost is revoked at its end, and is tried again', async () => {
    const { request, undo } = await live();
    await asOwner(
      request,
      'delete from lease where request_id = $1',
      'delete from event where request_id = $1 and seq > 1',
    );
    expect((await fixture.state(request)).kind).toBe('pending');
    await expect(revokeWith(fixture.deps, request, { undo })).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(levelsWritten(fixture, request)).toEqual(UNDONE);
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });

  test('access whose intent was lost gets a receipt only after it is revoked', async () => {
    const { request, undo } = await live();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await asOwner(request, 'update lease set holding_id = null where request_id = $1');
    expect(await revokeWith(fixture.deps, request, { undo })).toEqual({ kind: 'closed', ending: 'ended' });
    expect(levelsWritten(fixture, request)).toEqual(UNDONE);
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });
});

describe('while this process cannot read the ledger, the undo is used from the end of the lease on (I14)', () => {
  test.each<[string, Partial<Deps['ledger']>]>([
    ['it does not say what the state is', { readState: away }],
    ['it cannot record the end', { record: away }],
    ['it cannot read the lease', { readLease: away }],
    ['it fails in an unknown way', { readLease: () => Promise.reject(new Error('a bug')) }],
    ['it does not give the lock', { withLock: away }],
    ['it was restored from a backup that has no such lease', { readLease: () => Promise.resolve(undefined) }],
  ])('and the caller tries again: %s', async (_what, replaced) => {
    const { request, undo } = await live();
    await fixture.shiftClock(HOUR);
    const deps = withLedger({ canWrite: () => Promise.resolve(false), ...replaced });
    await expect(revokeWith(deps, request, { undo })).rejects.toThrow();
    expect(levelsWritten(fixture, request)).toEqual(UNDONE);
    expect(await fixture.kinds(request)).not.toMatch(/revoked/);
    await revokeWith(fixture.deps, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('while its database accepts no connection', async () => {
    const { request, undo } = await live();
    const unblock = await blockDatabase(fixture.url);
    try {
      await expect(revokeWith(fixture.deps, request, { undo })).rejects.toMatchObject({
        code: 'ledger-unavailable',
      });
    } finally {
      await unblock();
    }
    expect(levelsWritten(fixture, request)).toEqual(UNDONE);
    await cleanUp(request);
  });
});

describe('while the ledger is read and its leases are written, and an end cannot be recorded', () => {
  const BROKEN = [
    ['the disk has no room for one more event', 'before insert on event', '53100'],
    ['no notification can be stored', 'before insert on outbox', '53100'],
    ['the commit fails', 'after insert on event deferrable initially deferred', '54000'],
    ['the ledger refuses the event for a reason that nobody knew', 'before insert on event', 'P0001'],
    ['the lock of the request cannot be taken', 'before insert or update on request_lock', '55P03'],
  ] as const;

  test.each(BROKEN)(
    'the undo is used 20 seconds after the end, and not before: %s (I3, I14)',
    async (_what, when, code) => {
      const request = await approvedWithoutWorkflow(fixture);
      const { undo } = await granted(fixture, request);
      const endsAt = openUndo(fixture.deps, firstLease(request), undo)?.intent.endsAt ?? Number.NaN;
      await fixture.shiftClock(2 * HOUR);
      const mend = await broken(when, code);
      const levels: string[] = [];
      for (const later of [0, 19_999, 20_000]) {
        const deps = { ...fixture.deps, clock: () => (endsAt + later) as Instant };
        await expect(revokeWith(deps, request, undo ? { undo } : {})).rejects.toThrow();
        levels.push(fixture.levelOf());
      }
      await mend();
      expect(levels).toEqual(['write', 'write', 'none']);
      expect(await revokeWith(fixture.deps, request)).toEqual({ kind: 'closed', ending: 'expired' });
    },
  );

  /** Every such write fails with this code, until the function that it returns is called. */
  async function broken(when: string, code: string): Promise<() => Promise<void>> {
    const table = when.split(' on ')[1]?.split(' ')[0] ?? '';
    const run = (sql: string) => asAdmin(async (owner) => void (await owner.query(sql)), fixture.url);
    await run(
      `create function broken() returns trigger language plpgsql as $$begin raise exception 'broken' using errcode = '${code}'; end$$;
       create ${when.includes('deferr') ? 'constraint ' : ''}trigger broken ${when} for each row execute function broken()`,
    );
    return () => run(`drop trigger broken on ${table}; drop function broken()`);
  }
});

describe('the undo is not used', () => {
  test('before the end of its lease, because only the ledger can say that the access ended earlier', async () => {
    const { request, undo } = await live((Date.now() + HOUR) as Instant);
    await expect(revokeWith(withLedger(UNAVAILABLE), request, { undo })).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(levelsWritten(fixture, request)).toEqual(UNTOUCHED);
    await cleanUp(request);
  });

  test('in the first seconds after the end, while the ledger can be written and all connections of this process are in use', async () => {
    const { request, undo } = await live();
    const busy = new Fault('ledger-unavailable', 'timeout exceeded when trying to connect');
    const deps = { ...withLedger({ readState: () => Promise.reject(busy) }), clock: () => OVER };
    await expect(revokeWith(deps, request, { undo })).rejects.toBe(busy);
    expect(levelsWritten(fixture, request)).toEqual(UNTOUCHED);
    expect(await fixture.faultOf(request)).toBe(busy.message);
    await cleanUp(request);
  });

  test.each<[string, (undo: string) => unknown]>([
    ['there is none', () => undefined],
    ['it was altered', (undo) => `${undo.slice(0, 40)}AAAA${undo.slice(44)}`],
    ['it is not sealed', (undo) => openUndo(fixture.deps, 'lease_x' as never, undo) ?? { intent: {} }],
  ])('when %s (T41)', async (_what, forge) => {
    const { request, undo } = await live();
    const forged = forge(undo) as string;
    await expect(revokeWith(withLedger(UNAVAILABLE), request, { undo: forged })).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(levelsWritten(fixture, request)).toEqual(UNTOUCHED);
    await cleanUp(request);
  });

  test('with only the key of another provider (T41)', async () => {
    const { request, undo } = await live();
    const others = new Map([...fixture.deps.undoSealers].filter(([provider]) => provider !== 'fake'));
    const deps = { ...withLedger(UNAVAILABLE), undoSealers: others };
    await expect(revokeWith(deps, request, { undo })).rejects.toMatchObject({ code: 'ledger-unavailable' });
    expect(levelsWritten(fixture, request)).toEqual(UNTOUCHED);
    await cleanUp(request);
  });

  test('of another provider than that of the lease, although that provider sealed it for this lease (T41)', async () => {
    const { request, undo: sealed } = await live();
    const own = openUndo(fixture.deps, firstLease(request), sealed);
    const undo = own && sealUndo(fixture.deps, { ...own, target: { ...own.target, provider: 'login' } });
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await asAdmin(
      (owner) => owner.query('update lease set holding_id = null where request_id = $1', [request]).then(),
      fixture.url,
    );
    await revokeWith(fixture.deps, request, undo === undefined ? {} : { undo });
    expect(levelsWritten(fixture, request)).toEqual(UNTOUCHED);
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });

  test('for another lease than its own (T41)', async () => {
    const [mine, other] = [await live(), await live()];
    await expect(revokeWith(withLedger(UNAVAILABLE), mine.request, { undo: other.undo })).rejects.toThrow();
    expect(levelsWritten(fixture, mine.request)).toEqual(UNTOUCHED);
    expect(levelsWritten(fixture, other.request)).not.toContain('read');
    await cleanUp(mine.request);
    await cleanUp(other.request);
  });

  // The undo was made at the grant. The ledger may have newer facts.
  test.each<FaultCode>(['provider-unavailable', 'provider-forbidden', 'not-verified', 'unknown-provider'])(
    'after a failure of the provider, whatever the ledger does: %s',
    async (fault) => {
      const { request, undo } = await live();
      await answered(fixture, request, { kind: 'end', by: 'ana' });
      const calls = fixture.providerControl.countOf('ensureAbsent');
      const restore = fixture.providerControl.failFrom('ensureAbsent', fault);
      const deps = withLedger({ canWrite: () => Promise.resolve(false) });
      await expect(revokeWith(deps, request, { undo })).rejects.toMatchObject({ code: fault });
      restore();
      expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls + 1);
      expect(await fixture.faultOf(request)).toMatch(fault);
      await cleanUp(request);
    },
  );

  test('after the access was revoked with the ledger’s own data', async () => {
    const { request, undo } = await live();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const record: Deps['ledger']['record'] = (step) =>
      step.name.startsWith('revoked/') ? away() : fixture.ledger.record(step);
    const deps = withLedger({ record, canWrite: () => Promise.resolve(false) });
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await expect(revokeWith(deps, request, { undo })).rejects.toMatchObject({ code: 'ledger-unavailable' });
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls + 1);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.faultOf(request)).toBeNull();
    await revoked(fixture, request);
  });
});

test('an undo leaves what another lease gives until the end of that lease, by the clock of this process (I3, I6)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const other = await approvedWithoutWorkflow(fixture, { length: '2h' });
  await granted(fixture, other); // It is confirmed before the intent of the next one, so the undo knows it.
  const request = await approvedWithoutWorkflow(fixture);
  const undo = await granted(fixture, request);
  for (const [at, left] of [
    [1.5 * HOUR, 'write'],
    [3 * HOUR, 'read'],
  ] as const) {
    await fixture.shiftClock(at);
    await expect(revokeWith(withLedger(UNAVAILABLE), request, undo)).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(fixture.levelOf()).toBe(left);
  }
  await fixture.shiftClock(0);
  await cleanUp(other);
  await cleanUp(request);
});

test('an undo whose provider is not configured fails with that fault', async () => {
  const { request, undo } = await live();
  const deps = { ...withLedger(UNAVAILABLE), providers: new Map() };
  await expect(revokeWith(deps, request, { undo })).rejects.toMatchObject({ code: 'unknown-provider' });
  await cleanUp(request);
});

test('a process without the undo key of a provider grants, and revokes with the ledger only (T41)', async () => {
  const deps = { ...fixture.deps, undoSealers: new Map() };
  const request = await approvedWithoutWorkflow(fixture);
  expect(await grantLease(deps, { lease: firstLease(request), ...attempt, rememberUndo: refuse })).toEqual(
    {},
  );
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  expect(await revokeWith(deps, request)).toEqual({ kind: 'closed', ending: 'ended' });
  expect(fixture.levelOf()).toBe('none');
});

test('an undo that the provider did not confirm is not reported', async () => {
  const { request, undo } = await live();
  const restore = fixture.providerControl.failFrom('ensureAbsent', 'not-verified');
  const reports: string[] = [];
  const rememberReport = (report: string) => void reports.push(report);
  const revoking = revokeWith(withLedger(UNAVAILABLE), request, { undo, rememberReport });
  await expect(revoking).rejects.toMatchObject({ code: 'not-verified' });
  restore();
  expect(reports).toEqual([]);
  await cleanUp(request);
});

test('each use of an undo is recorded, also when somebody replays it after its lease was closed (T41)', async () => {
  const { request, undo } = await live();
  const useAndReport = async () => {
    const reports: string[] = [];
    const rememberReport = (report: string) => void reports.push(report);
    await expect(revokeWith(withLedger(UNAVAILABLE), request, { undo, rememberReport })).rejects.toThrow();
    // The same report may arrive twice.
    for (const report of [...reports, ...reports]) await revokeWith(fixture.deps, request, { report });
  };
  await useAndReport();
  await cleanUp(request);
  await useAndReport();
  expect((await fixture.kinds(request)).match(/undone/g)).toHaveLength(2);
  fixture.vendor.setLevel('ana', 'thing', 'none');
});
