import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Fault, type FaultCode } from '../../core/faults.ts';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { revokeLease, type RevokeInput } from '../../requests/revoke-lease.ts';
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
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;
const end = (request: RequestId) => answered(fixture, request, { kind: 'end', by: 'ana' });
async function live(): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  return request;
}
const revokeWith = (deps: Deps, request: RequestId, more: Partial<RevokeInput> = {}) =>
  revokeLease(deps, { lease: firstLease(request), via: 'sweeper', ...attempt, ...more });
const withLedger = (replaced: Partial<Deps['ledger']>): Deps => ({
  ...fixture.deps,
  ledger: { ...fixture.ledger, ...replaced },
});
/** Ends what a test left at the provider. */
async function cleanUp(request: RequestId): Promise<void> {
  await end(request);
  await revoked(fixture, request);
  fixture.vendor.setLevel('ana', 'thing', 'none');
}

describe('access that must stay', () => {
  test('is not revoked before its end, and the caller learns the ledger’s time and the end', async () => {
    const request = await live();
    await fixture.shiftClock(HOUR - 60_000);
    const state = await fixture.state(request);
    const endsAt = state.kind === 'active' ? state.endsAt : (0 as Instant);
    const before = await fixture.ledger.now();
    const calls = fixture.providerControl.countOf('ensureAbsent');
    const progress = await revokeWith(fixture.deps, request);
    expect(progress).toEqual({
      kind: 'active',
      at: expect.any(Number),
      endsAt,
      leases: [{ lease: firstLease(request), provider: 'fake' }],
    });
    const at = 'at' in progress ? progress.at : 0;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(await fixture.ledger.now());
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    await cleanUp(request);
  });

  test.each(['grant-started', 'intended'])(
    'is not revoked during its grant, while the lease is %s',
    async (state) => {
      const request = await approvedWithoutWorkflow(fixture);
      const restore = fixture.providerControl.failFrom('ensurePresent');
      if (state === 'intended') await expect(granted(fixture, request)).rejects.toThrow();
      restore();
      const calls = fixture.providerControl.countOf('ensureAbsent');
      expect(await revokeWith(fixture.deps, request)).toMatchObject({ kind: 'granting' });
      expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
      expect(await fixture.kinds(request)).not.toMatch(/revoke/);
      await cleanUp(request);
    },
  );

  test('is not revoked although a lease of a request that waits is named (T41)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await expect(revokeWith(fixture.deps, request)).rejects.toMatchObject({ code: 'ledger-unavailable' });
    expect(await fixture.kinds(request)).toBe('requested judged');
  });

  test('is not revoked when the lease is live although its request ended', async () => {
    const request = await live();
    await end(request);
    const readLease: Deps['ledger']['readLease'] = async (id) => {
      const lease = await fixture.ledger.readLease(id);
      return lease && { ...lease, state: 'granted' };
    };
    await expect(revokeWith(withLedger({ readLease }), request)).rejects.toMatchObject({
      code: 'superseded',
      message: `superseded: lease ${firstLease(request)} must not be revoked: it is granted`,
    });
    expect(fixture.levelOf()).toBe('write');
    await cleanUp(request);
  });
});

describe('access whose time is over', () => {
  test('is revoked, and the end and the receipt are recorded', async () => {
    const request = await live();
    await fixture.shiftClock(HOUR);
    expect(await revokeWith(fixture.deps, request)).toEqual({ kind: 'closed', ending: 'expired' });
    const receipt = `revoked/${firstLease(request)}`;
    expect(
      await rowsOf(
        fixture.url,
        'select step, kind, via from event where request_id = $1 and seq > 6 order by seq',
        [request],
      ),
    ).toEqual([
      { step: 'expire', kind: 'revoke-started', via: 'sweeper' },
      { step: receipt, kind: 'revoked', via: 'sweeper' },
      { step: receipt, kind: 'closed', via: 'sweeper' },
    ]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.faultOf(request)).toBeNull();
  });

  test.each<[FaultCode, string, number, number]>([
    ['provider-unavailable', 'ten minutes', 5 * 60_000, 10 * 60_000],
    ['provider-throttled', 'its whole length', HOUR / 2, HOUR],
  ])(
    'that was not granted because of %s within %s is revoked, and the request is failed',
    async (fault, _length, before, after) => {
      const request = await approvedWithoutWorkflow(fixture);
      const restore = fixture.providerControl.failFrom('ensurePresent', fault);
      await expect(granted(fixture, request)).rejects.toThrow();
      restore();
      await fixture.shiftClock(before);
      expect(await revokeWith(fixture.deps, request)).toMatchObject({ kind: 'granting' });
      await fixture.shiftClock(after);
      expect(await revokeWith(fixture.deps, request)).toEqual({ kind: 'closed', ending: 'grant-failed' });
      expect(await fixture.state(request)).toMatchObject({ ending: { fault } });
      expect(fixture.levelOf()).toBe('none');
    },
  );
});

describe('a lease of a request that ended', () => {
  test('is revoked, whatever state somebody wrote into its row before (I1, T24)', async () => {
    const request = await live();
    await rowsOf(
      fixture.url,
      `update lease set state = 'revoked', next_try_at = null where request_id = $1`,
      [request],
    );
    await end(request);
    await revoked(fixture, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('is revoked once: a second attempt has the same result and calls no provider', async () => {
    const request = await live();
    await end(request);
    const first = await revokeWith(fixture.deps, request);
    expect(first).toEqual({ kind: 'closed', ending: 'ended' });
    const calls = fixture.providerControl.countOf('ensureAbsent');
    expect(await revokeWith(fixture.deps, request)).toEqual(first);
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
    expect((await fixture.kinds(request)).match(/revoked/g)).toHaveLength(1);
  });

  test('is revoked, and the request stays open until its other leases are revoked too (I4)', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
    await granted(fixture, request);
    await end(request);
    expect(await revokeWith(fixture.deps, request)).toMatchObject({ kind: 'revoking' });
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking' });
    expect(await revokeWith(fixture.deps, request, { lease: leaseIdOf(request, 1) })).toEqual({
      kind: 'closed',
      ending: 'ended',
    });
  });

  test('is revoked once by two attempts at the same time', async () => {
    const request = await live();
    await end(request);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await Promise.all([revoked(fixture, request), revoked(fixture, request), revoked(fixture, request)]);
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls + 1);
  });

  test('without an intent has a receipt without a call', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await end(request);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await revoked(fixture, request);
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
    expect((await fixture.ledger.readTrail(request)).map(({ event }) => event).at(-2)).toMatchObject({
      kind: 'revoked',
      seen: 'nothing was granted',
    });
  });

  test('without an intent waits for no turn at its provider (I3)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await end(request);
    const providers = new Map(
      [...fixture.deps.providers].map(([name, provider]) => [
        name,
        { ...provider, inTurn: () => Promise.reject(new Fault('provider-throttled', 'later')) },
      ]),
    );
    await revoked({ ...fixture, deps: { ...fixture.deps, providers } }, request);
    expect((await fixture.state(request)).kind).toBe('closed');
  });

  test('has what the provider showed in its receipt, and the provider’s note', async () => {
    const request = await live();
    await end(request);
    const { provider } = fixture.providerControl;
    const ensureAbsent: Provider['ensureAbsent'] = async (intent, signal) => ({
      ...(await provider.ensureAbsent(intent, signal)),
      seen: 'ana is no member',
      note: 'It was late.',
    });
    const providers = new Map([['fake', { ...provider, ensureAbsent }]]);
    await revokeWith({ ...fixture.deps, providers }, request);
    expect((await fixture.ledger.readTrail(request)).map(({ event }) => event).at(-2)).toEqual({
      kind: 'revoked',
      at: expect.any(Number),
      lease: firstLease(request),
      seen: 'ana is no member',
      note: 'It was late.',
    });
  });
});

describe('an attempt that fails', () => {
  test.each<[string, FaultCode | Error, string]>([
    [
      'a vendor that is unavailable',
      'provider-unavailable',
      'provider-unavailable: a test makes this call fail',
    ],
    [
      'a credential that is too weak',
      'provider-forbidden',
      'provider-forbidden: a test makes this call fail',
    ],
    ['a bug', new TypeError('x is not a function'), 'x is not a function'],
  ])('at the provider notes why it failed with the lease: %s', async (_why, error, noted) => {
    const request = await live();
    await fixture.shiftClock(HOUR);
    const restore = fixture.providerControl.failFrom('ensureAbsent', error);
    await expect(revokeWith(fixture.deps, request)).rejects.toThrow(noted);
    restore();
    expect(await fixture.faultOf(request)).toBe(noted);
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await revokeWith(fixture.deps, request);
    expect(await fixture.faultOf(request)).toBeNull();
  });

  test('and whose fault cannot be noted has the first error', async () => {
    const request = await live();
    await end(request);
    const restore = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
    const noteLeaseFault = () => Promise.reject(new Fault('ledger-unavailable', 'it is unavailable'));
    await expect(revokeWith(withLedger({ noteLeaseFault }), request)).rejects.toMatchObject({
      code: 'provider-forbidden',
    });
    restore();
    await cleanUp(request);
  });

  test('to find the lease in a ledger that was restored says so', async () => {
    const request = `req_${'0'.repeat(26)}` as RequestId;
    await expect(revokeWith(fixture.deps, request)).rejects.toMatchObject({
      code: 'ledger-unavailable',
      message: `ledger-unavailable: it has no lease ${firstLease(request)}; it may be restored from a backup`,
    });
  });
});
