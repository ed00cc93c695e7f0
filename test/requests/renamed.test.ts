import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { Fault } from '../../core/faults.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  fixture.providerControl.releaseAll();
  await fixture.stop();
});

const ended = (request: RequestId) =>
  fixture.ledger.record({
    request,
    name: 'end',
    via: 'cli',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
const levelNow = () => fixture.vendor.levelOf('ana2', 'thing');
const kinds = (request: RequestId) => fixture.kinds(request);
const lockKeys = async (request: RequestId): Promise<readonly string[]> => {
  let keys: readonly string[] = [];
  await asAdmin(async (owner) => {
    const { rows } = await owner.query('select lock_key from lease where request_id = $1', [request]);
    keys = rows.map(({ lock_key: key }) => key);
  }, fixture.url);
  return keys;
};

/** An access under the account's old name, and a request that is approved for the same account under its new name. */
async function renamedBetween() {
  const older = await approvedWithoutWorkflow(fixture);
  await granted(fixture, older);
  fixture.vendor.renameAccount('ana', 'ana2');
  await fixture.edit('people.yaml', 'fake: ana }', 'fake: ana2 }');
  const newer = await approvedWithoutWorkflow(fixture);
  expect(await lockKeys(newer)).not.toEqual(await lockKeys(older));
  return { older, newer };
}
/** A change of this access was sent under its lock and not answered. */
async function doubted(request: RequestId): Promise<void> {
  const [key = ''] = await lockKeys(request);
  const failing = fixture.ledger.withLock(key, (lock) => {
    lock.markWriting();
    return Promise.reject(new Error('no answer'));
  });
  await expect(failing).rejects.toThrow('no answer');
}
/** Grants as a workflow does: it tries again after a fault that is retried. */
const grantedInTheEnd = (request: RequestId) =>
  until('it is granted', () =>
    granted(fixture, request).then(
      () => true,
      (error: { retry?: boolean }) => (error.retry ? undefined : Promise.reject(error)),
    ),
  );

describe('two leases of one account under its old and its new name (F24, I6)', () => {
  test('a grant under the new name waits for a revocation under the old one, and the access stays', async () => {
    const { older, newer } = await renamedBetween();
    await ended(older);
    const paused = fixture.providerControl.pauseNext('ensureAbsent', 'before');
    const revoking = revoked(fixture, older);
    await paused.reached;
    await expect(granted(fixture, newer)).rejects.toMatchObject({ code: 'not-verified' });
    expect(await kinds(newer)).toMatch(/grant-started intended$/);
    const granting = grantedInTheEnd(newer);
    paused.release();
    await Promise.all([revoking, granting]);
    expect([levelNow(), await kinds(newer)]).toEqual([
      'write',
      expect.stringMatching(/intended granted activated$/),
    ]);
    expect(await kinds(older)).toMatch(/revoke-started revoked closed$/);
    await ended(newer);
    await revoked(fixture, newer);
    expect(levelNow()).toBe('none');
  });

  test('what a grant read before a revocation under the old name is not taken for prior state (I5)', async () => {
    const { older, newer } = await renamedBetween();
    await ended(older);
    const intend: typeof fixture.ledger.intend = async (intent) => {
      await revoked(fixture, older);
      return fixture.ledger.intend(intent);
    };
    const early = { ...fixture, deps: { ...fixture.deps, ledger: { ...fixture.ledger, intend } } };
    await expect(granted(early, newer)).rejects.toMatchObject({ code: 'not-verified' });
    expect([levelNow(), await kinds(newer)]).toEqual(['none', expect.stringMatching(/grant-started$/)]);
    await granted(fixture, newer);
    expect(levelNow()).toBe('write');
    await ended(newer);
    await revoked(fixture, newer);
    expect(levelNow()).toBe('none');
  });

  test('no drift is recorded while the access is in doubt under the old name (I22, F02)', async () => {
    const { older, newer } = await renamedBetween();
    await doubted(older);
    fixture.vendor.setLevel('ana2', 'thing', 'none');
    await grantedInTheEnd(newer);
    expect(await kinds(older)).not.toMatch(/drifted/);
    expect(await kinds(newer)).toMatch(/intended granted activated$/);
    expect(levelNow()).toBe('write');
  });

  test('a grant and a revocation under both names at the same time end, one after the other', async () => {
    const { older, newer } = await renamedBetween();
    await grantedInTheEnd(newer);
    const taken = { older: [] as string[], newer: [] as string[] };
    const watched = (keys: string[]) => {
      const withLock: typeof fixture.ledger.withLock = (key, work) => {
        keys.push(key);
        return fixture.ledger.withLock(key, work);
      };
      return { ...fixture, deps: { ...fixture.deps, ledger: { ...fixture.ledger, withLock } } };
    };
    await Promise.all([ended(older), ended(newer)]);
    await Promise.all([revoked(watched(taken.older), older), revoked(watched(taken.newer), newer)]);
    const both = [...(await lockKeys(older)), ...(await lockKeys(newer))].sort();
    expect(taken).toEqual({ older: both, newer: both });
    expect(levelNow()).toBe('none');
    expect((await sweep(fixture.deps)).unverified).toEqual([]);
  });

  test('what the undo of the older lease took is granted again to the newer one, and no drift is recorded (I6, I22)', async () => {
    const older = await approvedWithoutWorkflow(fixture, { length: '2m' });
    const { undo } = await granted(fixture, older);
    fixture.vendor.renameAccount('ana', 'ana2');
    await fixture.edit('people.yaml', 'fake: ana }', 'fake: ana2 }');
    const newer = await approvedWithoutWorkflow(fixture, { length: '8h' });
    await grantedInTheEnd(newer);
    await fixture.shiftClock(121_000);
    const away = () => Promise.reject(new Fault('ledger-unavailable', 'a test'));
    const ledger = { ...fixture.ledger, readState: away, canWrite: () => Promise.resolve(false) };
    let report: string | undefined;
    const input = {
      lease: firstLease(older),
      via: 'workflow',
      ...attempt,
      ...(undo === undefined ? {} : { undo }),
    } as const;
    const withoutLedger = revokeLease(
      { ...fixture.deps, ledger },
      { ...input, rememberReport: (used) => void (report = used) },
    );
    await expect(withoutLedger).rejects.toMatchObject({ code: 'ledger-unavailable' });
    expect(levelNow()).toBe('none');
    await revokeLease(fixture.deps, { ...input, ...(report === undefined ? {} : { report }) });
    const third = await approvedWithoutWorkflow(fixture, { entitlement: 'look', length: '8h' });
    await grantedInTheEnd(third);
    await fixture.shiftClock(200_000);
    expect((await sweep(fixture.deps)).unverified).toEqual([]);
    expect(levelNow()).toBe('write');
    expect(await kinds(newer)).not.toMatch(/drifted/);
  });

  test('a verification under one name takes the lock of the other too', async () => {
    const { newer } = await renamedBetween();
    await grantedInTheEnd(newer);
    fixture.vendor.setLevel('ana2', 'thing', 'none');
    await doubted(newer);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'before');
    await fixture.shiftClock(6_000);
    const sweeping = sweep(fixture.deps);
    await paused.reached;
    await asAdmin(async (owner) => {
      const { rows } = await owner.query(
        'select count(*)::int as n from provider_lock where ends_at > ledger_now()',
      );
      expect(rows).toEqual([{ n: 2 }]);
    }, fixture.url);
    paused.release();
    await sweeping;
    expect(levelNow()).toBe('write');
  });
});
