import { afterEach, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { LEASE_STATES } from '../../core/lease.ts';
import { lockKeyOf } from '../../core/target.ts';
import { type Lease } from '../../ledger/index.ts';
import { shiftClock } from './database.fixture.ts';
import {
  approve,
  approvedIn,
  confirmGranted,
  confirmRevoked,
  end,
  grantedIn,
  newRequest,
  observed,
  openedIn,
  opening,
  revokedIn,
  target,
} from './ledger.fixture.ts';
import { atTime, database, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

const at = (lockKey: string, more: Partial<typeof target> = {}) => ({
  targets: [{ ...target, lockKey, ...more }],
});
const only = async (request: RequestId): Promise<Lease> => {
  const [lease] = await ledger.leasesOf(request);
  if (!lease) throw new Error('there is no lease');
  return lease;
};
/** Two requests whose leases share one access. */
const twoLive = async (lockKey: string) =>
  [await grantedIn(ledger, at(lockKey)), await grantedIn(ledger, at(lockKey))] as const;
const change = (request: RequestId, what: string) =>
  rows(`update lease set ${what} where request_id = $1`, [request]);
const faultOf = (request: RequestId) => rows('select last_fault from lease where request_id = $1', [request]);
/** How many seconds from the ledger's time the sweeper looks at the lease again; null when it never does. */
const dueInSeconds = async (request: RequestId): Promise<number | null> => {
  const [row] = await rows<{ due: number | null }>(
    'select extract(epoch from next_try_at - ledger_now())::int as due from lease where request_id = $1',
    [request],
  );
  return row?.due ?? null;
};

describe('the end of a lease that a provider gets is that of its events', () => {
  const endOf = async (request: RequestId) => (await ledger.readLease(leaseIdOf(request, 0)))?.endsAt;

  test('wherever somebody moved the one in its row (I20, T24)', async () => {
    const id = await grantedIn(ledger, at('moved'));
    const endsAt = await endOf(id);
    await rows('update lease set next_try_at = null where request_id = $1', [id]);
    for (const moved of ['infinity', '-infinity', '2100-01-01', '2000-01-01']) {
      await change(id, `ends_at = '${moved}'`);
      expect(await endOf(id)).toBe(endsAt);
    }
  });

  test.each([4_102_444_800_000, 'x'])(
    'and not that of a start that was forged before the request was opened (T24): %j',
    async (endsAt) => {
      const id = newRequest();
      await rows(
        `insert into event (request_id, seq, step, kind, body, via, at)
         values ($1, 0, 'forged', 'grant-started', $2, 'workflow', ledger_now())`,
        [id, { kind: 'grant-started', endsAt, leases: [leaseIdOf(id, 0)] }],
      );
      await ledger.open(opening(id, at(`forged ${endsAt}`)));
      await ledger.record(approve(id));
      const { state } = await ledger.readState(id);
      expect(state.kind).toBe('granting');
      const end = 'endsAt' in state ? state.endsAt : 0;
      expect(await endOf(id)).toBe(end);
      const listed = await rows('select ends_at from request_list where id = $1', [id]);
      expect(listed).toEqual([{ ends_at: new Date(end) }]);
      await rows('update lease set next_try_at = null where request_id = $1', [id]);
    },
  );
});

test('a verification gets only the leases whose rows are what their events say, each with the end of its events (T24)', async () => {
  const right = await grantedIn(ledger, at('verified'));
  const lease = await only(right);
  const [over, unknown] = [
    await grantedIn(ledger, at('verified')),
    await openedIn(ledger, at('verified', { level: 'admin' })),
  ];
  await revokedIn(ledger, over);
  const holding = '(select holding_id from lease where request_id = $1)';
  await rows(`update lease set state = 'granted', holding_id = ${holding} where request_id = $2`, [
    right,
    over,
  ]);
  await rows(
    `insert into lease (id, request_id, position, provider, state, lock_key, ends_at, holding_id)
     select 'lease_forged', $2, position, provider, 'granted', lock_key, ends_at, holding_id
       from lease where request_id = $1`,
    [right, unknown],
  );
  await change(right, `ends_at = ends_at + interval '1 year'`);
  expect(await ledger.leasesToVerify(lockKeyOf(lease.target))).toEqual([
    { ...lease, intendedAt: expect.any(Number), shownAt: expect.any(Number) },
  ]);
  await rows(`delete from lease where id = 'lease_forged'`);
  await rows('update lease set next_try_at = null');
});

test('a verification gets no revoked lease from the moment on when the events say that one of two other leases of the access is being revoked', async () => {
  const [over, next] = await twoLive('revoked beside');
  await grantedIn(ledger, at('revoked beside'));
  const key = lockKeyOf((await only(over)).target);
  const revokedOnes = async () =>
    (await ledger.leasesToVerify(key)).filter(({ state }) => state === 'revoked');
  await ledger.withLock(key, () => revokedIn(ledger, over));
  expect(await revokedOnes()).toMatchObject([{ request: over }]);
  await ledger.record(end(next));
  // The row was read just before the event was recorded.
  await change(next, `state = 'granted'`);
  expect(await revokedOnes()).toEqual([]);
  await rows('update lease set next_try_at = null');
});

test('a verification gets a live lease also while another lease of the access is being revoked (I6)', async () => {
  const [live, ended] = await twoLive('live beside');
  const key = lockKeyOf((await only(live)).target);
  await ledger.record(end(ended));
  expect(await ledger.leasesToVerify(key)).toMatchObject([{ request: live, state: 'granted' }]);
  await rows('update lease set next_try_at = null');
});

test('another lease with the same access counts as granted until the end of its events, whatever its row says (I1, T24)', async () => {
  const [one, two] = await twoLive('beside');
  await change(one, `state = 'intended', ends_at = ends_at + interval '1 year'`);
  const expectEnded = async (hasEnded: boolean) =>
    expect((await ledger.readLease(leaseIdOf(two, 0)))?.holding?.others).toMatchObject([
      { request: one, level: 'write', state: 'granted', endsAt, hasEnded },
    ]);
  const endsAt = (await ledger.readLease(leaseIdOf(one, 0)))?.endsAt ?? 0;
  await atTime(endsAt - 1, () => expectEnded(false));
  await atTime(endsAt, () => expectEnded(true));
  await rows('update lease set next_try_at = null');
});

describe('the leases that the sweeper takes', () => {
  // Each of these tests looks at all leases, so no other lease is due.
  afterEach(() => rows('update lease set next_try_at = null'));

  test.each(LEASE_STATES.filter((state) => state !== 'revoked'))(
    'a lease in the state %s is taken when it is due, and not before (I4)',
    async (state) => {
      const id = await approvedIn(ledger);
      await change(id, `state = '${state}', next_try_at = ledger_now() + interval '1 minute'`);
      expect(await ledger.takeDueLeases(10)).toEqual([]);
      await change(id, 'next_try_at = ledger_now()');
      expect(await ledger.takeDueLeases(10)).toMatchObject([{ request: id, state, target }]);
    },
  );

  test('a lease whose row has no finite end is taken too, and keeps no other one back (T24)', async () => {
    const [forged, id] = [await approvedIn(ledger), await approvedIn(ledger)];
    await change(forged, `ends_at = 'infinity', next_try_at = '-infinity'`);
    await change(id, 'next_try_at = ledger_now()');
    expect((await ledger.takeDueLeases(10)).map(({ request }) => request).sort()).toEqual([forged, id]);
    await change(forged, `ends_at = ledger_now()`);
  });

  test('a revoked lease is never taken', async () => {
    const id = await grantedIn(ledger, at('revoked'));
    await revokedIn(ledger, id);
    await shiftClock(database.url, 86_400_000);
    try {
      expect(await ledger.takeDueLeases(10)).toEqual([]);
    } finally {
      await shiftClock(database.url, 0);
    }
  });

  test('a taken lease is due again after 5, 10, 20, 40 and then always 60 seconds', async () => {
    const id = await approvedIn(ledger);
    await atTime(Date.now(), async () => {
      const pauses: (number | null)[] = [];
      for (const tries of [0, 1, 2, 3, 4, 5, 5_000]) {
        await change(id, `next_try_at = ledger_now(), tries = ${tries}`);
        expect(await ledger.takeDueLeases(10)).toHaveLength(1);
        expect(await ledger.takeDueLeases(10)).toEqual([]);
        expect(await rows('select tries from lease where request_id = $1', [id])).toEqual([
          { tries: tries + 1 },
        ]);
        pauses.push(await dueInSeconds(id));
      }
      expect(pauses).toEqual([5, 10, 20, 40, 60, 60, 60]);
    });
  });

  test('the limit takes the lease that has waited longest, and the result is in the order of the ends', async () => {
    const [one, two, three] = [await approvedIn(ledger), await approvedIn(ledger), await approvedIn(ledger)];
    for (const [request, due, ends] of [
      [one, 10, 30],
      [two, 30, 20],
      [three, 20, 40],
    ] as const)
      await change(
        request,
        `next_try_at = ledger_now() - ${due} * interval '1 minute', ends_at = now() - ${ends} * interval '1 minute'`,
      );
    expect((await ledger.takeDueLeases(1)).map(({ request }) => request)).toEqual([two]);
    expect((await ledger.takeDueLeases(10)).map(({ request }) => request)).toEqual([three, one]);
  });

  test('a lease that another sweeper takes at this moment is passed over, and nobody waits for it', async () => {
    const [busy, free] = [await approvedIn(ledger), await approvedIn(ledger)];
    for (const each of [busy, free]) await change(each, 'next_try_at = ledger_now()');
    const taken = await whileHeld('select from lease where request_id = $1', [busy], () =>
      ledger.takeDueLeases(10),
    );
    expect(taken.map(({ request }) => request)).toEqual([free]);
    expect((await ledger.takeDueLeases(10)).map(({ request }) => request)).toEqual([busy]);
  });

  test('leases and providers that are left out stay due, however many there are', async () => {
    const mine = [await approvedIn(ledger), await approvedIn(ledger)];
    const others = [
      await approvedIn(ledger, at('y', { provider: 'other' })),
      await approvedIn(ledger, at('y', { provider: 'third' })),
    ];
    for (const each of [...mine, ...others]) await change(each, 'next_try_at = ledger_now()');
    const left = { leases: mine.map((each) => leaseIdOf(each, 0)), providers: ['other', 'third'] };
    expect(await ledger.takeDueLeases(10, left)).toEqual([]);
    expect(await ledger.takeDueLeases(10, {})).toHaveLength(4);
  });

  test('a lease is due 10 s after its end, and 10 s after its revocation started', async () => {
    await atTime(Date.now(), async () => {
      const id = await grantedIn(ledger, at('grace'));
      expect(await dueInSeconds(id)).toBe(3_610);
      await ledger.record(end(id));
      expect(await dueInSeconds(id)).toBe(10);
      expect((await only(id)).state).toBe('revoke-started');
    });
  });

  test('the receipt of one lease leaves the other leases of the request as they are', async () => {
    const both = [at('both-1').targets[0], at('both-2').targets[0]].flatMap((each) => each ?? []);
    const id = await grantedIn(ledger, { targets: both });
    const leases = await ledger.leasesOf(id);
    await ledger.record(end(id));
    if (leases[0]) await ledger.record(confirmRevoked(leases[0]));
    expect((await ledger.leasesOf(id)).map(({ state }) => state)).toEqual(['revoked', 'revoke-started']);
  });
});

describe('the leases that should have ended already', () => {
  afterEach(() => rows(`update lease set state = 'revoked'`));

  const isOverdue = async (request: RequestId) =>
    (await ledger.overdueLeases()).filter(({ lease }) => lease === leaseIdOf(request, 0));

  test.each([
    ['grant-started', true],
    ['intended', true],
    ['granted', true],
    ['revoke-started', true],
    ['revoked', false],
  ])('a lease in the state %s past its end is listed: %s', async (state, listed) => {
    const id = await approvedIn(ledger);
    await change(id, `state = '${state}', ends_at = ledger_now() - interval '1 second'`);
    expect(await isOverdue(id)).toMatchObject(
      listed ? [{ lease: leaseIdOf(id, 0), request: id, state, fault: null }] : [],
    );
  });

  test('a granted lease before its end is not listed, and one whose revocation started is', async () => {
    const id = await grantedIn(ledger, at('overdue'));
    expect(await isOverdue(id)).toEqual([]);
    await ledger.record(end(id));
    expect(await isOverdue(id)).toHaveLength(1);
  });

  test('a lease is overdue after its end, and not at its end', async () => {
    const id = await grantedIn(ledger, at('at-its-end'));
    const { endsAt } = await only(id);
    await atTime(endsAt, async () => expect(await isOverdue(id)).toEqual([]));
    await atTime(endsAt + 1, async () => expect(await isOverdue(id)).toHaveLength(1));
  });

  test('the list begins with the lease that ended first, and has at most 50', async () => {
    const many = Array.from({ length: 51 }, (_none, index) => ({ ...target, lockKey: `overdue-${index}` }));
    const id = await approvedIn(ledger, { targets: many });
    await change(id, `ends_at = ledger_now() - interval '1 hour' - position * interval '1 second'`);
    expect((await ledger.overdueLeases()).map(({ lease }) => lease)).toEqual(
      many
        .map((_each, position) => leaseIdOf(id, position))
        .slice(1)
        .toReversed(),
    );
  });

  test('the last fault is shown, at most 500 letters of it, until the lease goes on', async () => {
    const [id, other] = [await grantedIn(ledger, at('faulty')), await grantedIn(ledger, at('faultless'))];
    await ledger.record(end(id));
    await ledger.record(end(other));
    const fault = `cause ${'x'.repeat(600)}`;
    await ledger.noteLeaseFault(leaseIdOf(id, 0), fault);
    expect(await isOverdue(id)).toMatchObject([{ fault: fault.slice(0, 500) }]);
    expect(await isOverdue(other)).toMatchObject([{ fault: null }]);
    await ledger.record(confirmRevoked(await only(id)));
    expect(await faultOf(id)).toEqual([{ last_fault: null }]);
  });
});

describe('the last fault of a lease', () => {
  const redraws = (id: RequestId) =>
    rows<{ count: number }>(
      `select count(*)::int as count from outbox where request_id = '${id}' and body ? 'redraw'`,
    );

  test('draws the cards of its request again when the grant begins to wait, waits for something else, and goes on; and says how many wait (F31)', async () => {
    const ids = [await approvedIn(ledger), await approvedIn(ledger), await approvedIn(ledger)] as const;
    const [first, second, third] = ids;
    const counts = async () => (await Promise.all(ids.map(redraws))).map(([row]) => row?.count);
    await ledger.noteLeaseFault(leaseIdOf(first, 0), 'log-behind: the newest checkpoint has 3 entries');
    await ledger.noteLeaseFault(leaseIdOf(second, 0), 'log-behind: the newest checkpoint has 3 entries');
    expect(await counts()).toEqual([1, 1, 0]);
    await ledger.noteLeaseFault(leaseIdOf(first, 0), 'log-behind: the newest checkpoint has 4 entries');
    expect(await counts()).toEqual([1, 1, 0]);
    await ledger.noteLeaseFault(leaseIdOf(first, 0), 'provider-throttled: 403');
    expect(await counts()).toEqual([2, 1, 0]);
    const waits = async () =>
      (await ledger.waitingGrants()).filter(
        ({ fault }) => fault === 'log-behind' || fault === 'provider-throttled',
      );
    expect(await waits()).toEqual([
      { fault: 'log-behind', provider: 'fake', leases: 1 },
      { fault: 'provider-throttled', provider: 'fake', leases: 1 },
    ]);
    await ledger.record(end(second));
    await ledger.noteLeaseFault(leaseIdOf(second, 0), 'provider-unavailable: no answer');
    expect(await counts()).toEqual([2, 1, 0]);
    await ledger.intend({ lease: await only(first), observed, level: 'write', via: 'workflow' });
    await ledger.intend({
      lease: await only(third),
      observed: { ...observed },
      level: 'write',
      via: 'workflow',
    });
    expect(await counts()).toEqual([3, 1, 0]); // The third waited for nothing.
    expect(await waits()).toEqual([]);
    await ledger.noteLeaseFault(leaseIdOf(first, 0), 'provider-throttled: 403');
    expect(await counts()).toEqual([4, 1, 0]);
    expect(await waits()).toEqual([{ fault: 'provider-throttled', provider: 'fake', leases: 1 }]);
  });

  test('says after a minute that nothing tried to grant it, and draws the cards of its request again, once (F31)', async () => {
    const targets = ['one', 'two', 'three'].map((provider) => ({
      ...target,
      provider,
      lockKey: newRequest(),
    }));
    const approved = async () => approvedIn(ledger, { targets });
    const [young, old, ended] = [await approved(), await approved(), await approved()] as const;
    const all = [young, old, ended].flatMap((id) => targets.map((_each, place) => leaseIdOf(id, place)));
    const noted = async () => (await ledger.noteUntriedGrants()).filter((lease) => all.includes(lease));
    const passed = (seconds: number, ...requests: readonly RequestId[]) =>
      rows(
        `update lease set changed_at = changed_at - $1 * interval '1 second' where request_id = any ($2)`,
        [seconds, requests],
      );
    const [, second, third] = (await ledger.leasesOf(old)) as [Lease, Lease, Lease];
    await ledger.noteLeaseFault(second.id, 'provider-unavailable: x');
    const seen = { ...observed, key: third.target.lockKey };
    await ledger.intend({ lease: third, observed: seen, level: 'write', via: 'workflow' });
    await ledger.record(end(ended));
    const [before] = await redraws(old);
    await passed(30, young);
    await passed(60, old, ended);
    expect(await noted()).toEqual([leaseIdOf(old, 0)]);
    const faults = (await ledger.leasesOf(old)).map(({ fault }) => fault);
    expect(faults).toEqual(['not-tried', 'provider-unavailable', undefined]);
    expect(await redraws(old)).toEqual([{ count: (before?.count ?? 0) + 1 }]);
    expect(await noted()).toEqual([]);
  });

  test('is what the person is asked for now, and a look that fails meanwhile does not hide it', async () => {
    const id = await approvedIn(ledger);
    for (const [noted, last] of [
      ['awaiting-person: the first invitation', 'awaiting-person: the first invitation'],
      ['awaiting-person: the second invitation', 'awaiting-person: the second invitation'],
      ['provider-unavailable: no answer', 'awaiting-person: the second invitation'],
    ] as const) {
      await ledger.noteLeaseFault(leaseIdOf(id, 0), noted);
      expect(await faultOf(id)).toEqual([{ last_fault: last }]);
    }
  });

  test.each([
    [
      'its intent is recorded',
      (lease: Lease) => ledger.intend({ lease, observed, level: 'write', via: 'workflow' }),
    ],
    ['its grant is confirmed', (lease: Lease) => ledger.record(confirmGranted(lease, 'write'))],
  ])('is forgotten when %s', async (_what, goOn) => {
    const id = await approvedIn(ledger);
    await ledger.noteLeaseFault(leaseIdOf(id, 0), 'no answer');
    expect(await faultOf(id)).toEqual([{ last_fault: 'no answer' }]);
    await goOn(await only(id));
    expect(await faultOf(id)).toEqual([{ last_fault: null }]);
  });
});
