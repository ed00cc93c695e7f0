import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { advance } from '../../requests/advance.ts';
import type { Deps } from '../../requests/deps.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
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

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const look = (request: RequestId, deps: Pick<Deps, 'ledger'> = fixture.deps) =>
  advance(deps, { request, via: 'workflow' });
const withLedger = (replaced: Partial<Deps['ledger']>) => ({ ledger: { ...fixture.ledger, ...replaced } });
/** What the last step recorded: its name, its channel and its events. */
const lastStep = async (request: RequestId) =>
  rowsOf(
    fixture.url,
    `select step, via, string_agg(kind, ' ' order by seq) as kinds from event where request_id = $1
      group by step, via order by max(seq) desc limit 1`,
    [request],
  );

describe('a look at a request, when nothing is due', () => {
  test.each<[string, () => Promise<RequestId>, string]>([
    ['that does not exist', async () => `req_${'0'.repeat(26)}` as RequestId, 'blank'],
    ['that waits', () => openedWithoutWorkflow(fixture), 'pending'],
    ['that is granted', () => approvedWithoutWorkflow(fixture), 'granting'],
    ['that is active', () => live(), 'active'],
    ['that is revoked', () => ended(), 'revoking'],
    ['that is closed', () => closed(), 'closed'],
  ])('%s records nothing, and says where it stands', async (_which, make, kind) => {
    const request = await make();
    const before = await fixture.kinds(request);
    expect((await look(request)).kind).toBe(kind);
    expect(await fixture.kinds(request)).toBe(before);
  });

  test('says the ledger’s time, and when it ends (I23)', async () => {
    const request = await live();
    const state = await fixture.state(request);
    const endsAt = state.kind === 'active' ? state.endsAt : 0;
    await stopClock(fixture.url, endsAt - 7 * MINUTE);
    expect(await look(request)).toMatchObject({ kind: 'active', at: endsAt - 7 * MINUTE, endsAt });
  });
});

describe('a later end that only the manifest has counts, until it is reached (I25)', () => {
  test.each<[string, () => Promise<RequestId>, number, string]>([
    ['active, at the end that the ledger has', () => live(), 0, 'active'],
    ['not granted, at the end that the ledger has', () => approvedWithoutWorkflow(fixture), 0, 'granting'],
    ['active, a millisecond before the later end', () => live(), HOUR - 1, 'active'],
    ['active, at the later end', () => live(), HOUR, 'revoking'],
  ])('%s', async (_when, make, after, kind) => {
    const request = await make();
    const state = await fixture.state(request);
    const endsAt = 'endsAt' in state ? state.endsAt : 0;
    await stopClock(fixture.url, endsAt + after);
    const later = { lease: firstLease(request), endsAt: (endsAt + HOUR) as Instant, signed: 'x' };
    const progress = await look(request, withLedger({ laterEndsOf: () => Promise.resolve([later]) }));
    expect(progress).toMatchObject(kind === 'revoking' ? { kind } : { kind, endsAt: later.endsAt });
  });
});

describe('a look at a request records what is due by the ledger’s clock (I23)', () => {
  test('a request that nobody approved in time lapses then, and not before', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(8 * HOUR - 5_000);
    expect(await look(request)).toMatchObject({ kind: 'pending' });
    await fixture.shiftClock(8 * HOUR);
    expect(await look(request)).toEqual({ kind: 'closed', ending: 'lapsed' });
    expect(await lastStep(request)).toEqual([{ step: 'lapse', via: 'workflow', kinds: 'closed' }]);
  });

  test('access whose time is over expires', async () => {
    const request = await live();
    const state = await fixture.state(request);
    await fixture.shiftClock(HOUR);
    expect(await advance(fixture.deps, { request, via: 'sweeper' })).toEqual({
      kind: 'revoking',
      at: expect.any(Number),
      endsAt: state.kind === 'active' ? state.endsAt : 0,
      leases: [{ lease: firstLease(request), provider: 'fake' }],
    });
    expect(await lastStep(request)).toEqual([{ step: 'expire', via: 'sweeper', kinds: 'revoke-started' }]);
    await revoked(fixture, request);
  });

  test.each([
    ['no attempt was made', undefined, 'unknown'],
    ['its last attempt failed at the provider', 'provider-unavailable: no answer', 'provider-unavailable'],
    ['its last attempt failed because of a bug', 'x is not a function', 'unknown'],
  ] as const)('a grant that takes too long fails with its last fault: %s', async (_why, noted, fault) => {
    const request = await approvedWithoutWorkflow(fixture);
    if (noted) await fixture.ledger.noteLeaseFault(firstLease(request), noted);
    await fixture.shiftClock(10 * MINUTE);
    expect(await look(request)).toMatchObject({ kind: 'revoking' });
    const state = await fixture.state(request);
    expect(state.kind === 'revoking' && state.ending).toEqual({ kind: 'grant-failed', fault });
    expect(await lastStep(request)).toEqual([
      { step: 'fail-grant', via: 'workflow', kinds: 'revoke-started' },
    ]);
  });

  test('a grant that waits for the person fails at the end of the access, and not after ten minutes', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.ledger.noteLeaseFault(firstLease(request), 'awaiting-person: accept the invitation');
    await fixture.shiftClock(HOUR - MINUTE);
    const state = await fixture.state(request);
    const endsAt = state.kind === 'granting' ? state.endsAt : 0;
    expect(await look(request)).toMatchObject({ kind: 'granting', failsAt: endsAt, awaitsPerson: true });
    await fixture.shiftClock(HOUR);
    expect(await look(request)).toMatchObject({ kind: 'revoking' });
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'awaiting-person' },
    });
    await revoked(fixture, request);
  });

  test.each([
    [
      'for its turn at a vendor',
      'provider-throttled: github: the rate limit has a turn for this in about 9 minutes',
    ],
    ['for the log', 'log-behind: no newer checkpoint was published'],
  ])(
    'a grant that waits %s fails at the end of the access, and not after ten minutes (F31)',
    async (_what, fault) => {
      const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
      await fixture.ledger.noteLeaseFault(firstLease(request), fault);
      await fixture.shiftClock(20 * MINUTE);
      expect(await look(request)).toMatchObject({ kind: 'granting', waits: true });
      await fixture.shiftClock(HOUR);
      await look(request);
      expect(await fixture.state(request)).toMatchObject({
        ending: { kind: 'grant-failed', fault: fault.split(':')[0] },
      });
      await revoked(fixture, request);
    },
  );

  test('a grant that waits for the person goes on waiting after a look that failed', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    for (const code of ['awaiting-person', 'provider-throttled'] as const) {
      const recover = fixture.providerControl.failFrom('ensurePresent', code);
      await expect(granted(fixture, request)).rejects.toMatchObject({ code });
      recover();
    }
    await fixture.shiftClock(20 * MINUTE);
    expect(await look(request)).toMatchObject({ kind: 'granting', awaitsPerson: true });
    await fixture.shiftClock(0);
    await granted(fixture, request);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test('a grant that waited for the person, and then failed for ten minutes, fails with its last fault', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const note = (fault: string) => fixture.ledger.noteLeaseFault(firstLease(request), fault);
    await fixture.shiftClock(15 * MINUTE);
    await note('awaiting-person: accept the invitation');
    await fixture.shiftClock(24 * MINUTE);
    await note('provider-unavailable: no answer');
    expect(await look(request)).toMatchObject({ kind: 'granting', awaitsPerson: true });
    await fixture.shiftClock(25 * MINUTE);
    await note('provider-unavailable: no answer');
    await look(request);
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'provider-unavailable' },
    });
    await revoked(fixture, request);
  });

  test('a grant of two targets that waits for the person at one, and fails at the other, fails after ten minutes', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
    const [first, second] = await fixture.ledger.leasesOf(request);
    if (first) await fixture.ledger.noteLeaseFault(first.id, 'awaiting-person: accept the invitation');
    if (second) await fixture.ledger.noteLeaseFault(second.id, 'provider-unavailable: no answer');
    await fixture.shiftClock(10 * MINUTE);
    await look(request);
    expect(await fixture.state(request)).toMatchObject({ ending: { fault: 'provider-unavailable' } });
    await revoked(fixture, request);
  });

  test('a grant of two targets fails with the fault of the one that is not granted', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
    const [first, second] = await fixture.ledger.leasesOf(request);
    await granted(fixture, request);
    if (first) await fixture.ledger.noteLeaseFault(first.id, 'not-verified: of the target that is granted');
    if (second) await fixture.ledger.noteLeaseFault(second.id, 'provider-unavailable: no answer');
    await fixture.shiftClock(10 * MINUTE);
    await look(request);
    expect(await fixture.state(request)).toMatchObject({ ending: { fault: 'provider-unavailable' } });
    await revoked(fixture, request);
  });

  test('a grant of two targets fails with the fault that was noted, also when the first lease has none', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
    const [, second] = await fixture.ledger.leasesOf(request);
    if (second) await fixture.ledger.noteLeaseFault(second.id, 'provider-unavailable: no answer');
    await fixture.shiftClock(10 * MINUTE);
    await look(request);
    expect(await fixture.state(request)).toMatchObject({ ending: { fault: 'provider-unavailable' } });
  });

  test.each([
    ['first', 0],
    ['second', 1],
  ])(
    'a grant of two targets of which only the %s was tried, and waits for its turn, fails after ten minutes (F31)',
    async (_which, tried) => {
      const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
      const lease = leaseIdOf(request, tried);
      await fixture.ledger.noteLeaseFault(lease, 'provider-throttled: in about 9 minutes');
      await fixture.shiftClock(10 * MINUTE);
      expect(await look(request)).toMatchObject({ kind: 'revoking' });
      expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'grant-failed' } });
    },
  );

  test('what is due is recorded once, however many look at the same time', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(8 * HOUR);
    const looks = await Promise.all([1, 2, 3].map(() => look(request)));
    expect(looks).toEqual(looks.map(() => ({ kind: 'closed', ending: 'lapsed' })));
    expect(await fixture.kinds(request)).toBe('requested judged closed');
  });
});

describe('what is due is decided again under the lock of the request', () => {
  /** The ledger, in which somebody is faster than the look: they act between its reading and its record. */
  const butFirst = (act: () => Promise<unknown>): Pick<Deps, 'ledger'> => {
    const record: Deps['ledger']['record'] = async (step) => {
      await act();
      return fixture.ledger.record(step);
    };
    return withLedger({ record });
  };

  test('a request that was withdrawn meanwhile does not lapse, and no refusal is recorded', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(8 * HOUR);
    const withdraw = () => answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    expect(await look(request, butFirst(withdraw))).toEqual({ kind: 'closed', ending: 'withdrawn' });
    expect(await fixture.kinds(request)).toBe('requested judged closed');
  });

  test('a grant that succeeded meanwhile does not fail', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.shiftClock(10 * MINUTE);
    expect(
      await look(
        request,
        butFirst(() => granted(fixture, request)),
      ),
    ).toMatchObject({ kind: 'active' });
    expect(await fixture.kinds(request)).not.toMatch(/revoke/);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test('a request whose clock went back meanwhile stays as it is', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(8 * HOUR);
    expect(
      await look(
        request,
        butFirst(() => fixture.shiftClock(0)),
      ),
    ).toMatchObject({ kind: 'pending' });
    expect(await fixture.kinds(request)).toBe('requested judged');
  });
});

async function live(): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  return request;
}
async function ended(): Promise<RequestId> {
  const request = await live();
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  return request;
}
async function closed(): Promise<RequestId> {
  const request = await ended();
  await revoked(fixture, request);
  return request;
}
