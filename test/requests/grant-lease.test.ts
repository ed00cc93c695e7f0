import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { LIMITS } from '../../core/limits.ts';
import { WAITS } from '../../core/waits.ts';
import { type Granted, grantLease } from '../../requests/grant-lease.ts';
import { secretContext } from '../../requests/secret-context.ts';
import { openUndo } from '../../requests/undo.ts';
import { ana } from '../core/request/request.fixture.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.shiftClock(0);
  for (const resource of ['thing', 'desk']) fixture.vendor.setLevel('ana', resource, 'none');
  await rowsOf(fixture.url, 'update holding set closed_at = ledger_now() where closed_at is null');
  await rowsOf(fixture.url, `update request set state = 'closed'`); // A person may have some open requests only.
});
afterAll(() => fixture?.stop());

const GRANTED = 'requested judged approved grant-started intended granted activated';
const end = (request: RequestId) => answered(fixture, request, { kind: 'end', by: 'ana' });
/** The dependencies with some functions of the ledger replaced. */
const withLedger = (replaced: Partial<Deps['ledger']>): Deps => ({
  ...fixture.deps,
  ledger: { ...fixture.ledger, ...replaced },
});
const withProvider = (replaced: Partial<Provider>): Deps => ({
  ...fixture.deps,
  providers: new Map([['fake', { ...fixture.providerControl.provider, ...replaced }]]),
});
const grantWith = (deps: Deps, request: RequestId, more: Partial<Parameters<typeof grantLease>[1]> = {}) =>
  grantLease(deps, { lease: firstLease(request), ...attempt, ...more });
const opened = (request: RequestId, { undo }: Granted) => openUndo(fixture.deps, firstLease(request), undo);

describe('a grant', () => {
  test('records the note of the provider with what it showed, because the trail is what people read', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const { provider } = fixture.providerControl;
    const deps = withProvider({
      ensurePresent: async (...asked) => ({
        ...(await provider.ensurePresent(...asked)),
        note: 'Changed by hand.',
      }),
    });
    await grantWith(deps, request);
    const events = (await fixture.ledger.readTrail(request)).map(({ event }) => event);
    expect(events.find(({ kind }) => kind === 'granted')).toMatchObject({
      seen: 'ana has write on thing. Changed by hand.',
    });
  });

  test('writes the level, records what the provider showed, and returns its undo, sealed', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    const state = await fixture.state(request);
    const result = await granted(fixture, request);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(request)).toBe(GRANTED);
    expect(
      (await fixture.ledger.readTrail(request, 4)).map(({ event, via }) => ({ ...event, via })),
    ).toMatchObject([
      { kind: 'intended', prior: 'read', level: 'write', via: 'workflow' },
      { kind: 'granted', seen: expect.stringMatching(/write/), via: 'workflow' },
      { kind: 'activated', via: 'workflow' },
    ]);
    expect(opened(request, result)).toEqual({
      intent: {
        lease: firstLease(request),
        subject: { id: expect.any(String), name: 'ana' },
        level: 'read',
        endsAt: 'endsAt' in state ? state.endsAt : 0,
      },
      others: [],
      target: expect.objectContaining({ provider: 'fake', spec: { resource: 'thing', level: 'write' } }),
    });
  });

  test('gives its undo away before the first write, and after the intent is recorded (I2)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const seen: unknown[] = [];
    const rememberUndo = (undo: string) => void seen.push([undo, fixture.levelOf()]);
    const { undo } = await grantWith(fixture.deps, request, { rememberUndo });
    expect(seen).toEqual([[undo, 'none']]);
  });

  test('is done once: a second attempt has the same undo and calls no provider (I15)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const first = await granted(fixture, request);
    const calls = fixture.providerControl.countOf('ensurePresent');
    const again = await granted(fixture, request);
    expect(opened(request, again)).toEqual(opened(request, first));
    expect(fixture.providerControl.countOf('ensurePresent')).toBe(calls);
    expect(await fixture.kinds(request)).toBe(GRANTED);
  });

  test('that failed at the provider continues with the recorded intent', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const restore = fixture.providerControl.failFrom('ensurePresent');
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'provider-unavailable' });
    restore();
    await granted(fixture, request);
    expect(await fixture.kinds(request)).toBe(GRANTED);
  });
});

test('attempts at the same time write once, and all have the same undo (F16, I15)', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  const calls = fixture.providerControl.countOf('ensurePresent');
  const attempts = await Promise.all([1, 2, 3].map(() => granted(fixture, request)));
  expect(fixture.providerControl.countOf('ensurePresent')).toBe(calls + 1);
  expect(new Set(attempts.map((each) => JSON.stringify(opened(request, each)))).size).toBe(1);
  expect(await fixture.kinds(request)).toBe(GRANTED);
});

test('grants of two levels on one account wait for each other (F16)', async () => {
  const lower = await approvedWithoutWorkflow(fixture);
  const higher = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
  const elsewhere = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
  const paused = fixture.providerControl.pauseNext('ensurePresent', 'before');
  const first = granted(fixture, lower);
  await paused.reached;
  const observed = fixture.providerControl.countOf('observe');
  const second = granted(fixture, higher);
  await granted(fixture, elsewhere); // It takes the same steps, and nothing delays it.
  expect(fixture.providerControl.countOf('observe')).toBe(observed + 1);
  paused.release();
  await Promise.all([first, second]);
  expect(fixture.levelOf()).toBe('admin');
});

describe('nothing is granted', () => {
  test('for a lease that the ledger does not have', async () => {
    const request = `req_${'0'.repeat(26)}` as RequestId;
    await expect(granted(fixture, request)).rejects.toMatchObject({
      code: 'superseded',
      message: `superseded: no lease ${firstLease(request)}`,
    });
  });

  test('when the request ended before the grant began', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await end(request);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await expect(granted(fixture, request)).rejects.toMatchObject({
      code: 'superseded',
      message: 'superseded: the request is revoking',
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(fixture.providerControl.countOf('ensureAbsent')).toBe(calls);
  });

  test('when the time is over although nobody recorded it yet (B61)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.shiftClock(3_600_000);
    await expect(granted(fixture, request)).rejects.toMatchObject({
      code: 'superseded',
      message: 'superseded: the request is granting',
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.state(request)).toMatchObject({ kind: 'granting' }); // It expires, and does not fail.
  });

  test('when the time is over exactly now, and nothing is read at the provider', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const { endsAt } = (await fixture.ledger.leasesOf(request))[0] ?? {};
    const reads = fixture.providerControl.countOf('observe');
    const readState: Deps['ledger']['readState'] = async (id) => ({
      ...(await fixture.ledger.readState(id)),
      at: endsAt as Instant,
    });
    await expect(grantWith(withLedger({ readState }), request)).rejects.toMatchObject({ code: 'superseded' });
    expect(fixture.providerControl.countOf('observe')).toBe(reads);
  });

  test('when the policy changed after the approval (B46)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'owners: [bo, cy]', 'owners: [cy]');
    const error = await granted(fixture, request).catch((caught: unknown) => caught);
    await restore();
    expect(error).toMatchObject({
      code: 'no-longer-allowed',
      message: 'no-longer-allowed: an approver may no longer approve this',
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'voided', why: 'an approver may no longer approve this' },
    });
  });

  /** Ends a request and revokes its first lease, because a person may have only so many open requests. */
  const closed = async (request: RequestId) => {
    await end(request);
    await revoked(fixture, request);
  };

  test.each([
    ['title', `shown = jsonb_set(shown, '{title}', '"Public status page"')`],
    ['target', `targets = jsonb_set(targets, '{0,spec,level}', '"admin"')`],
    ['account', `targets = jsonb_set(targets, '{0,account}', '"bo"')`],
  ])('when the ledger has another %s than the approved one (I11)', async (_what, change) => {
    const request = await approvedWithoutWorkflow(fixture);
    await rowsOf(fixture.url, `update request set ${change} where id = $1`, [request]);
    await expect(granted(fixture, request)).rejects.toMatchObject({
      message: 'no-longer-allowed: it is not the request that was approved',
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    await closed(request);
  });

  test('when the entitlement got another class, and not when it got another title (I11)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const raised = await fixture.edit('catalogue.yaml', 'class: confidential', 'class: restricted');
    const error = await granted(fixture, request).catch((caught: unknown) => caught);
    await raised();
    expect(error).toMatchObject({ message: 'no-longer-allowed: its class was changed' });
    expect(levelsWritten(fixture, request)).toEqual([]);
    await revoked(fixture, request);

    const other = await approvedWithoutWorkflow(fixture);
    const renamed = await fixture.edit('catalogue.yaml', 'title: The thing', 'title: The same thing');
    await granted(fixture, other);
    await renamed();
    expect(levelsWritten(fixture, other)).toEqual(['write']);
    await closed(other);
  });

  test('when the provider of the target is not configured, or cannot read the target any more', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(grantWith({ ...fixture.deps, providers: new Map() }, request)).rejects.toMatchObject({
      code: 'unknown-provider',
      message: 'unknown-provider: fake',
    });
    const unreadable = withProvider({ parseTarget: () => ({ ok: false, error: 'no such field' }) });
    await expect(grantWith(unreadable, request)).rejects.toMatchObject({
      code: 'target-missing',
      message: 'target-missing: no such field',
    });
    expect(await fixture.kinds(request)).toBe('requested judged approved grant-started revoke-started');
  });

  test('when the request ends while the intent is written', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const paused = fixture.providerControl.pauseNext('observe', 'after');
    const attempted = granted(fixture, request);
    await paused.reached;
    await end(request);
    paused.release();
    await expect(attempted).rejects.toMatchObject({ message: 'superseded: the request is revoking' });
    expect(levelsWritten(fixture, request)).toEqual([]);
  });

  test('when the ledger shows no intent after it was recorded', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const readLease: Deps['ledger']['readLease'] = async (id) => {
      const { holding: _holding, ...lease } = (await fixture.ledger.readLease(id)) ?? ({} as never);
      return lease;
    };
    await expect(grantWith(withLedger({ readLease }), request)).rejects.toMatchObject({
      message: 'superseded: the intent is missing',
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
  });
});

describe('a grant whose request ends meanwhile is undone (F41)', () => {
  test('after the write, by the attempt itself', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const attempted = granted(fixture, request);
    await paused.reached;
    await end(request);
    paused.release();
    await expect(attempted).rejects.toMatchObject({
      code: 'superseded',
      message: 'superseded: the request is revoking',
    });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'read']);
  });

  test('before the confirmation, by the next attempt', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const lost = withLedger({ record: () => Promise.reject(new Fault('ledger-unavailable', 'x')) });
    await expect(grantWith(lost, request)).rejects.toMatchObject({ code: 'ledger-unavailable' });
    expect(fixture.levelOf()).toBe('write');
    await end(request);
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(fixture.levelOf()).toBe('none');
  });

  test('by the next attempt after its time, although nobody recorded the end yet', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    const lost = withLedger({ record: () => Promise.reject(new Fault('ledger-unavailable', 'x')) });
    await expect(grantWith(lost, request)).rejects.toMatchObject({ code: 'ledger-unavailable' });
    await fixture.shiftClock(3_600_000);
    await expect(granted(fixture, request)).rejects.toMatchObject({
      message: 'superseded: the request is granting',
    });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'read']);
  });

  test('but not after the receipt: what the account has then belongs to other leases', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await end(request);
    await revoked(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    await expect(granted(fixture, request)).rejects.toMatchObject({
      message: 'superseded: the request is closed',
    });
    expect(fixture.levelOf()).toBe('admin');
  });
});

test('a read that may still show access which was revoked just before is not recorded as prior state (F15)', async () => {
  const [first, second] = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
  await granted(fixture, first);
  await end(first);
  await revoked(fixture, first);
  const error = await grantWith(withProvider({ consistencyWindowMs: 60_000 }), second).catch(
    (caught: unknown) => caught as Fault,
  );
  expect(error).toMatchObject({
    code: 'not-verified',
    message: 'not-verified: the provider may still show access that was revoked just before',
  });
  expect((error as Fault).retryAfterMs).toBeGreaterThan(1_000);
  expect((error as Fault).retryAfterMs).toBeLessThanOrEqual(60_000);
  // What counts is when the read began, not when it ended.
  const paused = fixture.providerControl.pauseNext('observe', 'after');
  const late = grantWith(withProvider({ consistencyWindowMs: 60_000 }), second);
  await paused.reached;
  await fixture.shiftClock(61_000);
  paused.release();
  await expect(late).rejects.toMatchObject({ code: 'not-verified', retryAfterMs: 1 });
  await fixture.shiftClock(0);
  // A target that has an object for each lease has no prior state to mistake.
  await grantWith(withProvider({ consistencyWindowMs: 60_000, ownObject: () => true }), second);
  expect(fixture.levelOf()).toBe('write');
});

describe('a call that grants', () => {
  /** Stops the ledger's clock shortly before an end. `comes` is the end, for the ledger and for the time limit of exactly what is left. */
  async function shortlyBefore(endsAt: number) {
    const leftMs = 9_973; // No other time limit is as long.
    const now = (endsAt - leftMs) as Instant;
    await stopClock(fixture.url, now);
    const left = new AbortController();
    const limitOf = AbortSignal.timeout.bind(AbortSignal);
    jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => (ms === leftMs ? left.signal : limitOf(ms)));
    const comes = async (): Promise<void> => {
      left.abort();
      await stopClock(fixture.url, endsAt);
    };
    return { now, comes };
  }

  test('is ended at the end of the access, and not only at the end of its attempt (I3)', async () => {
    const request = await approvedWithoutWorkflow(fixture, { length: '1m' });
    const state = await fixture.state(request);
    const endsAt = state.kind === 'granting' ? state.endsAt : 0;
    const { now, comes } = await shortlyBefore(endsAt);
    const ensurePresent: Provider['ensurePresent'] = async (intent, signal) => {
      await comes();
      if (signal.aborted) throw new Fault('provider-unavailable', 'the call was ended');
      return fixture.providerControl.provider.ensurePresent(intent, signal);
    };
    const deps = { ...withProvider({ ensurePresent }), clock: () => now };
    await expect(grantWith(deps, request)).rejects.toMatchObject({
      message: 'provider-unavailable: the call was ended',
    });
    expect(await fixture.ledger.now()).toBeGreaterThanOrEqual(endsAt);
    await end(request);
    await revoked(fixture, request);
  });

  test('is ended at the end of its attempt, however much later the access ends', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const limit = jest.spyOn(AbortSignal, 'timeout');
    await granted(fixture, request);
    expect(Math.max(...limit.mock.calls.flat())).toBe(WAITS.attempt.ms);
    limit.mockRestore();
  });

  test('and whose answer comes at the end of the access is undone by a call that may go on after it (F41)', async () => {
    const request = await approvedWithoutWorkflow(fixture, { length: '1m' });
    const state = await fixture.state(request);
    const endsAt = state.kind === 'granting' ? state.endsAt : 0;
    const { now, comes } = await shortlyBefore(endsAt);
    const { provider } = fixture.providerControl;
    const ensurePresent: Provider['ensurePresent'] = async (intent, signal) => {
      await comes();
      expect(signal.aborted).toBe(true);
      return provider.ensurePresent(intent, attempt.signal);
    };
    const ensureAbsent: Provider['ensureAbsent'] = async (intent, signal) => {
      signal.throwIfAborted();
      return provider.ensureAbsent(intent, signal);
    };
    const deps = { ...withProvider({ ensurePresent, ensureAbsent }), clock: () => now };
    await expect(grantWith(deps, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
  });
});

describe('a grant with a password', () => {
  const secretsGiven: (string | undefined)[] = [];
  const withPasswords = (): Deps => {
    const login = fixture.deps.providers.get('login') as Provider;
    const ensurePresent: Provider['ensurePresent'] = (intent, signal) => {
      secretsGiven.push(intent.secret);
      return login.ensurePresent(intent, signal);
    };
    return { ...fixture.deps, providers: new Map([['login', { ...login, ensurePresent }]]) };
  };

  test('has the same secret in each attempt, sealed in the ledger', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    const restore = fixture.providerControl.failFrom('ensurePresent');
    await expect(grantWith(withPasswords(), request)).rejects.toMatchObject({ code: 'provider-unavailable' });
    restore();
    await grantWith(withPasswords(), request);
    const [one, other] = secretsGiven.splice(0);
    expect(one).toMatch(/^[\w-]{32}$/); // 24 random bytes
    expect(other).toBe(one);
    const [row] = await rowsOf<{ sealed: Buffer }>(
      fixture.url,
      'select sealed from secret where lease_id = $1',
      [firstLease(request)],
    );
    const context = secretContext({ id: firstLease(request), requester: ana });
    expect(row && fixture.deps.sealer.open(row.sealed, context)).toBe(one);
    expect(row?.sealed.toString()).not.toContain(one);
  });

  test('is not attempted with a second secret when the first one was delivered', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
    const storeSecret = () => Promise.resolve(undefined);
    const deps = { ...withPasswords(), ledger: { ...fixture.ledger, storeSecret } };
    await expect(grantWith(deps, request)).rejects.toMatchObject({
      code: 'superseded',
      message: 'superseded: the credential was erased before the access was granted',
    });
    expect(secretsGiven).toEqual([]);
  });
});

describe('a grant that fails', () => {
  const failing = async (request: RequestId, error: Fault | Error, deps = fixture.deps) => {
    const provider = deps.providers.get('fake') as Provider;
    const ensurePresent = () => Promise.reject(error);
    const failed = { ...deps, providers: new Map([['fake', { ...provider, ensurePresent }]]) };
    return grantWith(failed, request).catch((caught: unknown) => caught);
  };
  const HOSTILE = `a\0b\ud800${'💥'.repeat(LIMITS.endingReasonLength)}`;
  const STORED = `ab\ufffd${'💥'.repeat(LIMITS.endingReasonLength - 3)}`;

  test.each([
    [
      'the provider refuses',
      new Fault('provider-refused', 'no seat'),
      { fault: 'provider-refused', why: 'no seat' },
    ],
    ['the provider has no room', new Fault('no-room', HOSTILE), { fault: 'no-room', why: STORED }],
  ])(
    'for good, because %s, records why, so that the access of all targets is revoked (B11)',
    async (_, fault, ending) => {
      const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
      expect(await failing(request, fault)).toBe(fault);
      const state = await fixture.state(request);
      expect(state.kind === 'revoking' && state.ending).toEqual({ kind: 'grant-failed', ...ending });
      expect((await fixture.ledger.leasesOf(request)).map(({ state: each }) => each)).toEqual([
        'revoke-started',
        'revoke-started',
      ]);
      expect((await fixture.ledger.readTrail(request)).at(-1)?.via).toBe('workflow');
    },
  );

  test.each<[string, Fault | Error]>([
    ['a provider that does not answer', new Fault('provider-unavailable', 'no answer')],
    ['a change that is not seen yet', new Fault('not-verified', 'not seen yet')],
    ['a bug', new TypeError('x is not a function')],
  ])('because of %s is noted with the lease, because a later attempt may succeed', async (_, error) => {
    const request = await approvedWithoutWorkflow(fixture);
    expect(await failing(request, error)).toBe(error);
    expect(await fixture.faultOf(request)).toBe(error.message);
    expect(await fixture.state(request)).toMatchObject({ kind: 'granting' });
    await granted(fixture, request);
    expect(await fixture.faultOf(request)).toBeNull();
  });

  test('because its request ended records nothing', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await end(request);
    const before = await fixture.kinds(request);
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(await fixture.kinds(request)).toBe(before);
  });

  test('for good, while that cannot be recorded, is tried again', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const away = new Fault('ledger-unavailable', 'it is unavailable');
    const deps = withLedger({ record: () => Promise.reject(away) });
    expect(await failing(request, new Fault('provider-refused', 'x'), deps)).toBe(away);
    expect(away.retry).toBe(true);
    expect(await fixture.state(request)).toMatchObject({ kind: 'granting' });
  });

  test('and whose fault cannot be noted has the first error', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const error = new Fault('provider-unavailable', 'no answer');
    const noteLeaseFault = () => Promise.reject(new Fault('ledger-unavailable', 'it is unavailable'));
    expect(await failing(request, error, withLedger({ noteLeaseFault }))).toBe(error);
  });
});
