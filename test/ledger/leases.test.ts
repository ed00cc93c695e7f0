import { afterEach, describe, expect, test } from '@jest/globals';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { LEASE_STATES } from '../../core/lease.ts';
import { type Lease } from '../../ledger/index.ts';
import { until } from '../until.fixture.ts';
import { asAdmin, shiftClock } from './database.fixture.ts';
import { approvedIn, confirmRevoked, end, grantedIn, observed, revokedIn, target } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const at = (lockKey: string, more: Partial<typeof target> = {}) => ({
  targets: [{ ...target, lockKey, ...more }],
});
const only = async (request: RequestId): Promise<Lease> => {
  const [lease] = await ledger.leasesOf(request);
  if (!lease) throw new Error('there is no lease');
  return lease;
};
const change = (request: RequestId, what: string) =>
  rows(`update lease set ${what} where request_id = $1`, [request]);
/** How many seconds from the ledger's time the sweeper looks at the lease again; null when it never does. */
const dueInSeconds = async (request: RequestId): Promise<number | null> => {
  const [row] = await rows<{ due: number | null }>(
    'select round(extract(epoch from next_try_at - ledger_now()))::int as due from lease where request_id = $1',
    [request],
  );
  return row?.due ?? null;
};

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
    const pauses: (number | null)[] = [];
    for (let time = 0; time < 6; time += 1) {
      await change(id, 'next_try_at = ledger_now()');
      expect(await ledger.takeDueLeases(10)).toHaveLength(1);
      expect(await ledger.takeDueLeases(10)).toEqual([]);
      pauses.push(await dueInSeconds(id));
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
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

  test('leases and providers that are left out stay due', async () => {
    const [mine, other] = [
      await approvedIn(ledger),
      await approvedIn(ledger, at('y', { provider: 'other' })),
    ];
    for (const each of [mine, other]) await change(each, 'next_try_at = ledger_now()');
    const left = { leases: [leaseIdOf(mine, 0)], providers: ['other'] };
    expect(await ledger.takeDueLeases(10, left)).toEqual([]);
    expect(await ledger.takeDueLeases(10, {})).toHaveLength(2);
  });

  test('a lease is due 10 s after its end, and 10 s after its revocation started', async () => {
    const id = await grantedIn(ledger, at('grace'));
    expect(await dueInSeconds(id)).toBeCloseTo(3_610, -1);
    await ledger.record(end(id));
    expect(await dueInSeconds(id)).toBe(10);
    expect((await only(id)).state).toBe('revoke-started');
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
    expect(await isOverdue(id)).toEqual(listed ? [{ lease: leaseIdOf(id, 0), state, fault: null }] : []);
  });

  test('a granted lease before its end is not listed, and one whose revocation started is', async () => {
    const id = await grantedIn(ledger, at('overdue'));
    expect(await isOverdue(id)).toEqual([]);
    await ledger.record(end(id));
    expect(await isOverdue(id)).toHaveLength(1);
  });

  test('the last fault is shown, at most 500 letters of it, until the lease goes on', async () => {
    const [id, other] = [await grantedIn(ledger, at('faulty')), await grantedIn(ledger, at('faultless'))];
    await ledger.record(end(id));
    await ledger.record(end(other));
    await ledger.noteLeaseFault(leaseIdOf(id, 0), 'x'.repeat(600));
    expect(await isOverdue(id)).toMatchObject([{ fault: 'x'.repeat(500) }]);
    expect(await isOverdue(other)).toMatchObject([{ fault: null }]);
    await ledger.record(confirmRevoked(await only(id)));
    expect(await rows('select last_fault from lease where request_id = $1', [id])).toEqual([
      { last_fault: null },
    ]);
  });
});

describe('holdings', () => {
  test.each([
    ['more than before is observed: the first prior state is kept', 'read', 'admin', 'read'],
    ['less than before is observed: somebody lowered it by hand', 'write', 'read', 'read'],
    ['nothing is observed any more', 'read', 'none', 'none'],
    ['the same is observed', 'read', 'read', 'read'],
  ])('%s (I5)', async (what, first, second, kept) => {
    await grantedIn(ledger, at(what), 'admin', { prior: first });
    const id = await grantedIn(ledger, at(what), 'admin', { prior: second });
    expect((await only(id)).holding?.prior).toBe(kept);
  });

  test('a second account, another target and another provider have their own holdings', async () => {
    const ids = [
      await grantedIn(ledger, at('own')),
      await grantedIn(ledger, at('own'), 'write', { subject: { id: 'id-2', name: 'ana' } }),
      await grantedIn(ledger, at('own-2')),
      await grantedIn(ledger, at('own', { provider: 'other' })),
    ];
    const holdings = await Promise.all(ids.map(async (id) => (await only(id)).holding?.id));
    expect(new Set(holdings).size).toBe(4);
  });

  test('each lease that creates an object of its own has a holding of its own', async () => {
    const ids = [
      await grantedIn(ledger, at('object', { ownObject: true })),
      await grantedIn(ledger, at('object', { ownObject: true })),
    ];
    const holdings = await Promise.all(ids.map(async (id) => (await only(id)).holding));
    expect(holdings.map((each) => each?.otherLevels)).toEqual([[], []]);
    expect(holdings[0]?.id).not.toBe(holdings[1]?.id);
  });

  test('the lease keeps the target as it was found and the present name of the account', async () => {
    const found = { target: { thing: 'x', number: 7 } as typeof observed.target };
    const first = await grantedIn(ledger, at('found'), 'write', found);
    expect((await only(first)).target).toMatchObject({
      spec: { thing: 'x', number: 7 },
      lockKey: 'found',
    });
    const renamed = { subject: { id: 'id-1', name: 'ana-f' } };
    await grantedIn(ledger, at('found'), 'write', renamed);
    expect((await only(first)).holding?.subject).toEqual({ id: 'id-1', name: 'ana-f' });
  });

  test('a lease knows the levels of the leases beside it, until their revocation starts (I5)', async () => {
    const one = await grantedIn(ledger, at('levels', { level: 'read' }), 'read');
    const two = await approvedIn(ledger, at('levels'));
    const lease = await only(two);
    await ledger.intend({ lease, observed: { ...observed, key: 'levels' }, level: 'write', via: 'workflow' });
    expect((await only(one)).holding?.otherLevels).toEqual(['write']); // only intended
    expect((await only(two)).holding?.otherLevels).toEqual(['read']);
    await ledger.record(end(one));
    expect((await only(two)).holding?.otherLevels).toEqual([]);
  });

  test('a holding stays open until the last of its leases is revoked', async () => {
    const [one, two] = [await grantedIn(ledger, at('last')), await grantedIn(ledger, at('last'))];
    const closed = () =>
      rows<{ closed: boolean }>(
        `select closed_at is not null as closed from holding where target_key = 'last' order by id`,
      );
    await revokedIn(ledger, one);
    expect(await closed()).toEqual([{ closed: false }]);
    await revokedIn(ledger, two);
    expect(await closed()).toEqual([{ closed: true }]);
    await grantedIn(ledger, at('last'), 'write', { prior: 'read' });
    expect(await closed()).toEqual([{ closed: true }, { closed: false }]);
  });

  test('a holding stays open while the revocation of another lease has only started (I5)', async () => {
    const [one, other] = [await grantedIn(ledger, at('half')), await grantedIn(ledger, at('half'))];
    const isOpen = async () =>
      (await rows(`select from holding where target_key = 'half' and closed_at is null`)).length;
    await ledger.record(end(one));
    await ledger.record(end(other));
    await ledger.record(confirmRevoked(await only(one)));
    expect(await isOpen()).toBe(1);
    await ledger.record(confirmRevoked(await only(other)));
    expect(await isOpen()).toBe(0);
  });

  test('a holding stays open when a lease joins it while the receipt of the last one is recorded (I5)', async () => {
    const [last, joining] = [await grantedIn(ledger, at('join')), await approvedIn(ledger, at('join'))];
    await ledger.record(end(last));
    const lease = await only(last);
    await asAdmin(async (session) => {
      await session.query('begin');
      await session.query(
        `update lease set state = 'intended', holding_id = (select holding_id from lease where id = $1) where id = $2`,
        [lease.id, leaseIdOf(joining, 0)],
      );
      await session.query(`update holding set subject_name = subject_name where target_key = 'join'`);
      const recording = ledger.record(confirmRevoked(lease));
      await until('the receipt waits for the lease that joins', async () => {
        const waiting = await session.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return waiting.rowCount === 1;
      });
      await session.query('commit');
      await recording;
    }, database.url);
    expect(await rows(`select from holding where target_key = 'join' and closed_at is null`)).toHaveLength(1);
  });

  test('an intent that comes after the end of the request opens no holding (I2)', async () => {
    const id = await approvedIn(ledger, at('too-late'));
    const lease = await only(id);
    await ledger.record(end(id));
    const intent = { lease, observed: { ...observed, key: 'too-late' }, level: 'write' } as const;
    expect((await ledger.intend({ ...intent, via: 'workflow' })).outcome.ok).toBe(false);
    expect(await rows(`select from holding where target_key = 'too-late'`)).toEqual([]);
  });

  test('the leases of a request are in the order of its targets, also when there are more than ten', async () => {
    const many = Array.from({ length: 12 }, (_none, index) => at(`many-${index}`).targets[0]).flatMap(
      (each) => each ?? [],
    );
    const id = await approvedIn(ledger, { targets: many });
    expect((await ledger.leasesOf(id)).map(({ target: { lockKey } }) => lockKey)).toEqual(
      many.map(({ lockKey }) => lockKey),
    );
  });

  test('a revocation that lies in the future, because the clock went back, does not count (F15)', async () => {
    const id = await grantedIn(ledger, at('future'));
    await shiftClock(database.url, 600_000);
    await revokedIn(ledger, id);
    await shiftClock(database.url, 0);
    const holding = { key: 'future', subject: observed.subject };
    expect(await ledger.lastRevokedAt('fake', holding)).toBeUndefined();
  });

  test('the time of the last revocation is that of the same account, target and provider', async () => {
    const [first, live] = [await grantedIn(ledger, at('ended')), await grantedIn(ledger, at('ended'))];
    const asked = { key: 'ended', subject: observed.subject };
    expect(await ledger.lastRevokedAt('fake', asked)).toBeUndefined(); // both are live
    await revokedIn(ledger, first);
    const [row] = await rows<{ at: Date }>('select changed_at as at from lease where request_id = $1', [
      first,
    ]);
    expect(await ledger.lastRevokedAt('fake', asked)).toBe(row?.at.getTime() as Instant | undefined);
    expect((await only(live)).state).toBe('granted');
    expect(await ledger.lastRevokedAt('other', asked)).toBeUndefined();
    expect(await ledger.lastRevokedAt('fake', { ...asked, key: 'live' })).toBeUndefined();
    const stranger = { id: 'id-9', name: 'ana' };
    expect(await ledger.lastRevokedAt('fake', { ...asked, subject: stranger })).toBeUndefined();
  });
});
