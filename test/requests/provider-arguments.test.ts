import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { ok } from '../../core/result.ts';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { openUndo, sealUndo } from '../../requests/undo.ts';
import { verifyAccess } from '../../requests/verify-access.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => void calls.splice(0));
afterAll(() => fixture?.stop());

type Target = Readonly<{ resource: string; level: string; id?: string }>;

/** Every call to the provider: its name and its arguments. */
const calls: (readonly [name: string, argument: unknown, signal: AbortSignal])[] = [];
/** The dependencies, with a provider that notes each call, and that completes a target with the vendor's own id. */
function noting(): Deps {
  const { provider } = fixture.providerControl;
  const noted: Provider<Target> = {
    ...provider,
    parseTarget: (json) => ok(json as Target),
    targetKey: ({ resource, id = resource }) => id,
    discover: () => Promise.reject(new Error('nothing is discovered here')),
    async observe(holding, signal) {
      calls.push(['observe', holding, signal]);
      return { ...(await provider.observe(holding, signal)), target: { ...holding.target, id: 'id-7' } };
    },
    ensurePresent(intent, signal) {
      calls.push(['ensurePresent', intent, signal]);
      return provider.ensurePresent(intent, signal);
    },
    ensureAbsent(intent, signal) {
      calls.push(['ensureAbsent', intent, signal]);
      return provider.ensureAbsent(intent, signal);
    },
  };
  return { ...fixture.deps, providers: new Map([['fake', noted as Provider]]) };
}
const grant = (request: RequestId, signal = attempt.signal) =>
  grantLease(noting(), { lease: firstLease(request), ...attempt, signal });
const revoke = (request: RequestId, more: object = {}, deps = noting()) =>
  revokeLease(deps, { lease: firstLease(request), via: 'workflow', ...attempt, ...more });
const end = (request: RequestId) => answered(fixture, request, { kind: 'end', by: 'ana' });
const FOUND = { resource: 'thing', level: 'write', id: 'id-7' };
async function intentOf(request: RequestId, level: string) {
  const state = await fixture.state(request);
  const subject = { id: expect.any(String), name: 'ana' };
  const endsAt = 'endsAt' in state ? state.endsAt : 0;
  return { lease: firstLease(request), subject, target: FOUND, level, endsAt };
}

/** The signal of each call so far ends when this attempt ends. */
function expectEndsWith(attempted: AbortController): void {
  expect(calls.map(([, , given]) => given.aborted)).toEqual(calls.map(() => false));
  attempted.abort();
  expect(calls.map(([, , given]) => given.aborted)).toEqual(calls.map(() => true));
}

const OVER = (Date.now() - 1_000) as Instant;
/** The undo of a lease, with an end that is over. */
function overdue(request: RequestId, sealed: string | undefined): string {
  const undo = openUndo(fixture.deps, firstLease(request), sealed);
  const changed = undo && sealUndo(fixture.deps, { ...undo, intent: { ...undo.intent, endsAt: OVER } });
  if (!changed) throw new Error('the undo does not open');
  return changed;
}
/** The dependencies of a process that cannot reach the ledger. */
const withoutLedger = (): Deps => {
  const readState = () => Promise.reject(new Fault('ledger-unavailable', 'it is unavailable'));
  return { ...noting(), ledger: { ...fixture.ledger, readState, canWrite: () => Promise.resolve(false) } };
};

test('a provider gets the account, the target as the vendor knows it, the level, the end and the attempt’s signal', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const request = await approvedWithoutWorkflow(fixture);
  const [granting, revoking] = [new AbortController(), new AbortController()];
  await grant(request, granting.signal);
  expectEndsWith(granting);
  const asked = { account: 'ana', target: { resource: 'thing', level: 'write' } };
  expect(calls.splice(0)).toEqual([
    ['observe', asked, expect.any(AbortSignal)],
    ['ensurePresent', await intentOf(request, 'write'), expect.any(AbortSignal)],
  ]);
  // The holding has the target as the vendor knows it, so two spellings of one target share it.
  const holding = 'select target_key, prior from holding where closed_at is null';
  expect(await rowsOf(fixture.url, holding)).toEqual([{ target_key: 'id-7', prior: 'read' }]);

  const intent = await intentOf(request, 'read');
  await end(request);
  await revoke(request, { signal: revoking.signal });
  expect(calls).toEqual([['ensureAbsent', intent, expect.any(AbortSignal)]]);
  expectEndsWith(revoking);
  fixture.vendor.setLevel('ana', 'thing', 'none');
});

test('every call ends when the lock of its access is lost (F16)', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  /** The dependencies, with locks that are lost when this controller says so. */
  const losing = (lost: AbortController): Deps => {
    const deps = noting();
    const withLock: typeof fixture.ledger.withLock = (key, work) =>
      deps.ledger.withLock(key, (lock) => work({ ...lock, lost: lost.signal }));
    return { ...deps, ledger: { ...deps.ledger, withLock } };
  };
  const [granting, verifying, revoking] = [
    new AbortController(),
    new AbortController(),
    new AbortController(),
  ];
  await grantLease(losing(granting), { lease: firstLease(request), ...attempt });
  expect(calls).toHaveLength(2);
  expectEndsWith(granting);
  calls.splice(0);
  fixture.vendor.setLevel('ana', 'thing', 'none');
  await verifyAccess(losing(verifying), 'fake\nthing\nana', attempt.signal);
  expect(calls.map(([name]) => name)).toContain('ensurePresent');
  expectEndsWith(verifying);
  calls.splice(0);
  await end(request);
  await revoke(request, {}, losing(revoking));
  expect(calls).toHaveLength(1);
  expectEndsWith(revoking);
});

test('a repair asks for the account by the name that it had last, which a newer lease saw', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  await grant(request);
  calls.splice(0);
  await rowsOf(fixture.url, `update holding set subject_name = 'ana-new' where closed_at is null`);
  const verifying = verifyAccess(noting(), 'fake\nthing\nana', attempt.signal);
  await expect(verifying).rejects.toMatchObject({ code: 'subject-missing' }); // The vendor has no such account.
  expect(calls.find(([name]) => name === 'observe')?.[1]).toMatchObject({ account: 'ana-new' });
  await rowsOf(fixture.url, `update holding set subject_name = 'ana' where closed_at is null`);
  await end(request);
  await revoke(request);
});

test('an undo while the ledger is unavailable reaches the provider with the signal of its attempt (I14)', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  const { signal } = new AbortController();
  const { undo } = await grant(request, signal);
  expect(calls.splice(0).map(([name]) => name)).toEqual(['observe', 'ensurePresent']);
  await expect(revoke(request, { signal, undo: overdue(request, undo) }, withoutLedger())).rejects.toThrow();
  expect(calls).toEqual([['ensureAbsent', { ...(await intentOf(request, 'none')), endsAt: OVER }, signal]]);
  expect(calls[0]?.[2]).toBe(signal);
  await end(request);
  await revoke(request);
});

test('an undo that the provider refuses while the ledger is unavailable fails with the fault of the provider', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  const { undo } = await grant(request);
  const restore = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
  await expect(revoke(request, { undo: overdue(request, undo) }, withoutLedger())).rejects.toMatchObject({
    code: 'provider-forbidden',
  });
  restore();
  await end(request);
  await revoke(request);
});

test('a grant that is undone because its request ended gets the level that must remain', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  const attempted = new AbortController();
  const paused = fixture.providerControl.pauseNext('ensurePresent', 'after');
  const granting = grant(request, attempted.signal);
  await paused.reached;
  const intent = await intentOf(request, 'none');
  await end(request);
  paused.release();
  await expect(granting).rejects.toMatchObject({ code: 'superseded' });
  expect(calls.at(-1)).toEqual(['ensureAbsent', intent, expect.any(AbortSignal)]);
  expectEndsWith(attempted);
  await revoke(request);
});

test('of several live leases the highest level is granted, and the highest of the others remains (I6)', async () => {
  const higher = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
  const lower = await approvedWithoutWorkflow(fixture);
  const levels = () =>
    calls.flatMap(([name, intent]) => (name === 'observe' ? [] : [(intent as { level: string }).level]));
  await grant(higher);
  await grant(lower);
  for (const request of [higher, lower]) {
    await end(request);
    await revoke(request);
  }
  expect(levels()).toEqual(['admin', 'admin', 'write', 'none']);
});
