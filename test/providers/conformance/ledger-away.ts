import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Fault } from '../../../core/faults.ts';
import { type Instant, type LeaseId, leaseIdOf, type RequestId } from '../../../core/ids.ts';
import { ok } from '../../../core/result.ts';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { sealerOf } from '../../../ledger/sealer.ts';
import type { Policy } from '../../../policy/index.ts';
import type { Provider } from '../../../providers/provider.ts';
import type { Deps } from '../../../requests/deps.ts';
import { grantLease } from '../../../requests/grant-lease.ts';
import { revokeLease } from '../../../requests/revoke-lease.ts';
import type { SealedUndo } from '../../../requests/undo.ts';
import { freshDatabase } from '../../ledger/database.fixture.ts';
import { approvedIn, stepOf } from '../../ledger/ledger.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';
import { intentFor, type ProviderFixture } from './harness.fixture.ts';
import { publishedAtOnce } from '../../audit/published.fixture.ts';
import { manifestIn } from '../../manifest/access.fixture.ts';
import { memoryStore } from '../../manifest/manifest.fixture.ts';

/** Calls that write. Their answer is lost after they are done, which is harder than a call that never arrives. */
const WRITES = ['record', 'intend', 'storeSecret', 'lowerPrior'];

/** A ledger that goes away with its call number `from`, counted from 1, and does not come back. */
function goingAway(ledger: Ledger, from: number): Readonly<{ ledger: Ledger; calls: () => number }> {
  let calls = 0;
  const away = () => Promise.reject(new Fault('ledger-unavailable', 'a test makes it go away'));
  const replaced = Object.entries(ledger).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => {
      calls += 1;
      if (calls < from) return call(...args);
      if (name === 'canWrite') return Promise.resolve(false);
      return calls === from && WRITES.includes(name) ? Promise.resolve(call(...args)).then(away) : away();
    },
  ]);
  return { ledger: Object.fromEntries(replaced) as Ledger, calls: () => calls };
}

/** The access of one fixture, with what the account has before every lease. */
async function prepared<T>(fixture: ProviderFixture<T>, ledger: Ledger) {
  const { account, target, vendor } = fixture;
  // The ledger's clock stands still between two leases for a vendor that needs time to show a change.
  const provider = Object.assign(Object.create(fixture.provider) as Provider<T>, { consistencyWindowMs: 0 });
  const standing = provider.ladder(target).at(1) ?? 'none';
  const prior = vendor.setLevel && standing !== provider.level(target) ? standing : 'none';
  await vendor.setLevel?.(prior);
  const intent = await intentFor(fixture);
  const deps: Deps = {
    ledger,
    providers: new Map([[provider.name, provider as Provider]]),
    policy: { stillAllowed: () => Promise.resolve(ok(undefined)) } as unknown as Policy,
    sealer: sealerOf(randomBytes(32)),
    undoSealers: new Map([[provider.name, sealerOf(randomBytes(32))]]),
    manifest: manifestIn(memoryStore()),
    log: publishedAtOnce,
    clock: () => Date.now() as Instant,
  };
  return {
    deps,
    prior,
    levelOf: (lease: LeaseId) => vendor.level({ ...intent, lease }),
    approved: () =>
      approvedIn(ledger, {
        targets: [
          {
            provider: provider.name,
            account,
            spec: target,
            lockKey: provider.lockKey(target),
            level: provider.level(target),
            ownObject: provider.ownObject(target),
          },
        ],
      }),
  };
}

type Undoable = { undo?: SealedUndo };

/** Grants a request's lease. Returns what a workflow would remember of it, also when the grant failed. */
async function attempted(deps: Deps, request: RequestId): Promise<Undoable> {
  const known: Undoable = {};
  const rememberUndo = (undo: SealedUndo) => void (known.undo = undo);
  const lease = leaseIdOf(request, 0);
  await grantLease(deps, { lease, signal: neverAborts, rememberUndo }).catch((error: unknown) => {
    if (!(error instanceof Fault && error.code === 'ledger-unavailable')) throw error;
  });
  return known;
}

const revoked = (deps: Deps, request: RequestId, { undo }: Undoable) =>
  revokeLease(deps, {
    lease: leaseIdOf(request, 0),
    via: 'workflow',
    signal: neverAborts,
    ...(undo === undefined ? {} : { undo }),
  });

const ended = (ledger: Ledger, request: RequestId) =>
  ledger.record(stepOf(request, 'over', (at) => ({ kind: 'void', why: 'a test ends it', at })));

/** The same process at a time after every end. */
const afterTheEnd = (deps: Deps, ledger: Ledger): Deps => ({
  ...deps,
  ledger,
  clock: () => (Date.now() + 2 * 3_600_000) as Instant,
});

/**
 * The ledger goes away at each step of a grant and of a revocation. At the end the vendor shows what the account had before,
 * while the ledger is still away (I1, I14), and when it is back the trail says so.
 *
 * @param name the name of the provider's suite
 */
export function testLedgerAway<T>(
  name: string,
  openFixture: () => Promise<ProviderFixture<T>> | ProviderFixture<T>,
): void {
  describe(`${name} keeps the provider contract`, () => {
    let database: Awaited<ReturnType<typeof freshDatabase>>;
    let ledger: Ledger;
    let fixture: ProviderFixture<T>;
    beforeAll(async () => {
      database = await freshDatabase();
      ledger = openLedger(database.url);
      fixture = await openFixture();
    });
    afterAll(async () => {
      await fixture?.stop?.();
      await ledger?.close();
      await database?.drop();
    });

    test('access ends on time when the ledger goes away at any step of the grant (I1, I14, F04)', async () => {
      const { deps, prior, levelOf, approved } = await prepared(fixture, ledger);
      const levels = new Set<string>();
      for (let from = 1, isOver = false; !isOver; from += 1) {
        const request = await approved();
        const lease = leaseIdOf(request, 0);
        const going = goingAway(ledger, from);
        const known = await attempted({ ...deps, ledger: going.ledger }, request);
        levels.add(await levelOf(lease));
        isOver = going.calls() < from;
        const late = revoked(afterTheEnd(deps, goingAway(ledger, 1).ledger), request, known);
        await expect(late).rejects.toMatchObject({ code: 'ledger-unavailable' });
        expect([from, await levelOf(lease)]).toEqual([from, prior]);
        await ended(ledger, request);
        expect(await revoked(deps, request, known)).toMatchObject({ kind: 'closed' });
        expect([from, await levelOf(lease)]).toEqual([from, prior]);
      }
      expect(levels.size).toBe(2); // The ledger went away before the access existed, and after.
    });

    test('access ends on time when the ledger goes away at any step of the revocation (I1, I14, F04)', async () => {
      const { deps, prior, levelOf, approved } = await prepared(fixture, ledger);
      for (let from = 1, isOver = false; !isOver; from += 1) {
        const request = await approved();
        const lease = leaseIdOf(request, 0);
        const known = await attempted(deps, request);
        expect(await levelOf(lease)).not.toBe(prior);
        await ended(ledger, request);
        const going = goingAway(ledger, from);
        const late = revoked(afterTheEnd(deps, going.ledger), request, known);
        isOver = await late.then(
          () => true,
          () => false,
        );
        expect([from, await levelOf(lease)]).toEqual([from, prior]);
        expect(await revoked(deps, request, known)).toMatchObject({ kind: 'closed' });
        expect([from, await levelOf(lease)]).toEqual([from, prior]);
      }
    });
  });
}
