import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Fault, type FaultCode } from '../../core/faults.ts';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { revokeLease, type RevokeInput } from '../../requests/revoke-lease.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

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
  revokeLease(deps, { lease: firstLease(request), expire: true, via: 'sweeper', ...attempt, ...more });
const withLedger = (replaced: Partial<Deps['ledger']>): Deps => ({
  ...fixture.deps,
  ledger: { ...fixture.ledger, ...replaced },
});
const away = () => Promise.reject(new Fault('ledger-unavailable', 'it is away'));
/** The undo of a live request, which would leave the level `read`. */
async function undoOf(request: RequestId) {
  const { undo } = await granted(fixture, request);
  return { ...undo, intent: { ...undo.intent, level: 'read' } };
}
const endOf = (state: RequestState) => ('endsAt' in state && state.endsAt ? state.endsAt : (0 as Instant));
/** Ends what a test left at the provider. */
async function cleanUp(request: RequestId): Promise<void> {
  await end(request);
  await revoked(fixture, request);
  fixture.vendor.setLevel('ana', 'thing', 'none');
}

describe('an end that the caller thinks has come', () => {
  test('is refused before its time, with the milliseconds that are left', async () => {
    const request = await live();
    await fixture.shiftClock(HOUR - 60_000);
    const state = await fixture.state(request);
    const leftMs = async () => endOf(state) - (await fixture.ledger.now());
    const before = await leftMs();
    const { events, endsInMs } = await revokeWith(fixture.deps, request);
    expect(events).toHaveLength(7);
    expect(endsInMs).toBeLessThanOrEqual(before);
    expect(endsInMs).toBeGreaterThanOrEqual(await leftMs());
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    await cleanUp(request);
  });

  test('revokes nothing, and is 1 ms away at least, when it is reached right after the refusal', async () => {
    const request = await live();
    const { endsInMs } = await revokeWith(
      withLedger({ now: async () => endOf(await fixture.state(request)) }),
      request,
    );
    expect(endsInMs).toBe(1);
    expect(fixture.levelOf()).toBe('write');
    await cleanUp(request);
  });

  test('starts the revocation at its time, and ends with the receipt', async () => {
    const request = await live();
    await fixture.shiftClock(HOUR);
    const { events, endsInMs } = await revokeWith(fixture.deps, request, { version: 7 });
    expect(endsInMs).toBe(0);
    expect(events.map(({ seq, event }) => [seq, event.kind])).toEqual([
      [7, 'revoke-started'],
      [8, 'revoked'],
      [9, 'closed'],
    ]);
    expect(
      await rowsOf(fixture.url, 'select step from event where request_id = $1 and seq > 6 order by seq', [
        request,
      ]),
    ).toEqual(
      ['expire', `revoked/${firstLease(request)}`, `revoked/${firstLease(request)}`].map((step) => ({
        step,
      })),
    );
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'expired' } });
    expect((await fixture.ledger.readTrail(request, 7)).map(({ via }) => via)).toEqual([
      'sweeper',
      'sweeper',
      'sweeper',
    ]);
    expect(await fixture.faultOf(request)).toBeNull();
  });
});

describe('a lease of a request that ended', () => {
  test('is revoked once: a second attempt has the same receipt and calls no provider', async () => {
    const request = await live();
    await end(request);
    await revoked(fixture, request);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    const { endsInMs } = await revokeWith(fixture.deps, request, { expire: false });
    expect(endsInMs).toBe(0);
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
    expect((await fixture.kinds(request)).match(/revoked/g)).toHaveLength(1);
  });

  test('is revoked, and the caller gets the new events, also when the caller expected an expiry', async () => {
    const request = await live();
    await end(request);
    expect(await revokeWith(fixture.deps, request, { version: 8 })).toMatchObject({
      events: [{ event: { kind: 'revoked' } }, { event: { kind: 'closed', ending: { kind: 'ended' } } }],
      endsInMs: 0,
    });
    expect(fixture.levelOf()).toBe('none');
    expect(await revokeWith(fixture.deps, request, { version: 10 })).toEqual({ events: [], endsInMs: 0 });
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
    await revokeWith({ ...fixture.deps, providers }, request, { expire: false });
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
  test('to revoke a lease of a request that has not ended changes nothing at the provider', async () => {
    const request = await live();
    await expect(revoked(fixture, request)).rejects.toMatchObject({
      code: 'superseded',
      message: `superseded: lease ${firstLease(request)} must not be revoked: it is granted`,
    });
    expect(fixture.levelOf()).toBe('write');
    await cleanUp(request);
  });

  test.each(['grant-started', 'intended'])(
    'to revoke a lease that is %s makes no call to the provider',
    async (state) => {
      const request = await approvedWithoutWorkflow(fixture);
      const restore = fixture.providerControl.failFrom('ensurePresent');
      if (state === 'intended') await expect(granted(fixture, request)).rejects.toThrow();
      restore();
      const calls = fixture.providerControl.countOf('ensureAbsent');
      await expect(revoked(fixture, request)).rejects.toThrow(`must not be revoked: it is ${state}`);
      expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
      await cleanUp(request);
    },
  );

  test('at the provider notes its fault with the lease, and does not use the undo', async () => {
    const request = await live();
    const undo = await undoOf(request);
    await end(request);
    const restore = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
    await expect(revokeWith(fixture.deps, request, { undo })).rejects.toMatchObject({
      code: 'provider-forbidden',
    });
    restore();
    expect(await fixture.faultOf(request)).toBe('provider-forbidden: a test makes this call fail');
    expect(fixture.levelOf()).toBe('write');
    await cleanUp(request);
  });

  test.each<[string, FaultCode | Error, string]>([
    ['a vendor that is away', 'provider-unavailable', 'provider-unavailable: a test makes this call fail'],
    ['a bug', new TypeError('x is not a function'), 'x is not a function'],
  ])('of the sweeper, which has no undo, notes why it failed: %s', async (_why, error, noted) => {
    const request = await live();
    await fixture.shiftClock(HOUR);
    const restore = fixture.providerControl.failFrom('ensureAbsent', error);
    await expect(revokeWith(fixture.deps, request)).rejects.toThrow(noted);
    restore();
    expect(await fixture.faultOf(request)).toBe(noted);
    await revokeWith(fixture.deps, request);
  });

  // The undo was made at the grant. The ledger may have newer facts.
  test.each<FaultCode>(['provider-unavailable', 'not-verified', 'unknown-provider'])(
    'does not use the undo when a later attempt can succeed: %s',
    async (fault) => {
      const request = await live();
      const undo = await undoOf(request);
      await end(request);
      const calls = fixture.providerControl.countOf('ensureAbsent');
      const restore = fixture.providerControl.failFrom('ensureAbsent', fault);
      await expect(revokeWith(fixture.deps, request, { undo })).rejects.toMatchObject({ code: fault });
      restore();
      expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls + 1);
      expect(await fixture.faultOf(request)).toMatch(fault);
      await cleanUp(request);
    },
  );

  test('and whose fault cannot be noted has the first error', async () => {
    const request = await live();
    await end(request);
    const restore = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
    await expect(
      revokeWith(withLedger({ noteLeaseFault: away }), request, { expire: false }),
    ).rejects.toMatchObject({ code: 'provider-forbidden' });
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

describe('while the ledger is away (I14)', () => {
  test.each<[string, Partial<Deps['ledger']>]>([
    ['it cannot record the end', { record: away }],
    ['it cannot read the lease', { readLease: away }],
    ['it fails in an unknown way', { readLease: () => Promise.reject(new Error('a bug')) }],
    ['it does not give the lock', { withLock: away }],
  ])('the undo lowers the account, and the caller tries again: %s', async (_what, replaced) => {
    const request = await live();
    const undo = await undoOf(request);
    await fixture.shiftClock(HOUR);
    await expect(revokeWith(withLedger(replaced), request, { undo })).rejects.toThrow();
    expect(levelsWritten(fixture, request)).toEqual(['write', 'read']);
    expect(await fixture.kinds(request)).not.toMatch(/revoked/);
    await revokeWith(fixture.deps, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('nothing is done without an undo', async () => {
    const request = await live();
    await fixture.shiftClock(HOUR);
    await expect(revokeWith(withLedger({ record: away }), request)).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(fixture.levelOf()).toBe('write');
    await revokeWith(fixture.deps, request);
  });

  test('the undo is not used after the access was revoked with the ledger’s own data', async () => {
    const request = await live();
    const undo = await undoOf(request);
    await end(request);
    const record: Deps['ledger']['record'] = (step) =>
      step.name.startsWith('revoked/') ? away() : fixture.ledger.record(step);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await expect(revokeWith(withLedger({ record }), request, { undo })).rejects.toMatchObject({
      code: 'ledger-unavailable',
    });
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls + 1);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.faultOf(request)).toBeNull();
    await revoked(fixture, request);
  });

  test('an undo whose provider is not configured fails with that fault', async () => {
    const request = await live();
    const undo = await undoOf(request);
    const deps = { ...withLedger({ record: away }), providers: new Map() };
    await expect(revokeWith(deps, request, { undo })).rejects.toMatchObject({ code: 'unknown-provider' });
    await cleanUp(request);
  });
});
