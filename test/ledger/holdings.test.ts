import { describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { lockKeyOf } from '../../core/target.ts';
import { type Lease } from '../../ledger/index.ts';
import { until } from '../until.fixture.ts';
import { asAdmin, shiftClock } from './database.fixture.ts';
import {
  approvedIn,
  confirmRevoked,
  end,
  grantedIn,
  LADDER,
  observed,
  revokedIn,
  target,
} from './ledger.fixture.ts';
import { atTime, database, ledger, rows } from './own-ledger.fixture.ts';

const at = (lockKey: string, more: Partial<typeof target> = {}) => ({
  targets: [{ ...target, lockKey, ...more }],
});
const firstLeaseOf = async (request: RequestId): Promise<Lease> => {
  const [lease] = await ledger.leasesOf(request);
  if (!lease) throw new Error('there is no lease');
  return lease;
};

describe('holdings', () => {
  test.each([
    ['more than before is observed: the first prior state is kept', 'read', 'admin', 'read'],
    ['less than before is observed: somebody lowered it by hand', 'write', 'read', 'read'],
    ['nothing is observed any more', 'read', 'none', 'none'],
    ['the same is observed', 'read', 'read', 'read'],
  ])('%s (I5)', async (what, first, second, kept) => {
    await grantedIn(ledger, at(what), 'admin', { prior: first });
    const id = await grantedIn(ledger, at(what), 'admin', { prior: second });
    expect((await firstLeaseOf(id)).holding?.prior).toBe(kept);
  });

  test.each(['write', 'read'])(
    'what shows is no prior state when one of several leases gives it, also a revoked one: %s (I5)',
    async (shown) => {
      const key = `given-${shown}`;
      await grantedIn(ledger, at(key), 'write', { prior: 'admin' });
      await revokedIn(
        ledger,
        await grantedIn(ledger, at(key, { level: 'read' }), 'read', { prior: 'admin' }),
      );
      const id = await grantedIn(ledger, at(key, { level: 'admin' }), 'admin', { prior: shown });
      expect((await firstLeaseOf(id)).holding?.prior).toBe('none');
    },
  );

  test.each<[string, object, object]>([
    ['at another provider', { provider: 'other' }, {}],
    ['of another account', {}, { subject: { id: 'id-2', name: 'ana' } }],
    ['at another target', {}, { key: 'elsewhere' }],
  ])(
    'a revoked lease has what remains of its own holding, and not of an open one %s',
    async (what, more, seen) => {
      const over = await grantedIn(ledger, at(what), 'write', { prior: 'read' });
      await revokedIn(ledger, over);
      await grantedIn(ledger, at(what, more), 'write', seen);
      expect((await firstLeaseOf(over)).holding).toMatchObject({
        prior: 'read',
        others: [],
      });
      const newer = await grantedIn(ledger, at(what), 'write', { prior: 'none' });
      expect((await firstLeaseOf(newer)).state).toBe('granted');
      expect((await firstLeaseOf(over)).holding).toMatchObject({
        prior: 'none',
        others: [{ request: newer, level: 'write', state: 'granted', hasEnded: false }],
      });
    },
  );

  test('the prior state is lowered only under the lock, and only while the holding is open (F16)', async () => {
    const id = await grantedIn(ledger, at('lowered'), 'write', { prior: 'read' });
    const holding = (await firstLeaseOf(id)).holding?.id ?? 0;
    const priorOf = async () => (await firstLeaseOf(id)).holding?.prior;
    await ledger.withLock('lowered', async (lock) => {
      const lower = (fence: number) =>
        ledger.lowerPrior(holding, { shown: 'none', ladder: LADDER, lock: { ...lock, fence } });
      await expect(lower(lock.fence - 1)).rejects.toMatchObject({ code: 'lock-lost' });
      expect(await priorOf()).toBe('read');
      await revokedIn(ledger, id);
      await lower(lock.fence);
      expect(await priorOf()).toBe('read');
    });
  });

  test('a second account, another target and another provider have their own holdings', async () => {
    const ids = [
      await grantedIn(ledger, at('own')),
      await grantedIn(ledger, at('own'), 'write', { subject: { id: 'id-2', name: 'ana' } }),
      await grantedIn(ledger, at('own-2')),
      await grantedIn(ledger, at('own', { provider: 'other' })),
    ];
    const holdings = await Promise.all(ids.map(async (id) => (await firstLeaseOf(id)).holding?.id));
    expect(new Set(holdings).size).toBe(4);
  });

  test('each lease that creates an object of its own has a holding of its own', async () => {
    const ids = [
      await grantedIn(ledger, at('object', { ownObject: true })),
      await grantedIn(ledger, at('object', { ownObject: true })),
    ];
    const holdings = await Promise.all(ids.map(async (id) => (await firstLeaseOf(id)).holding));
    expect(holdings.map((each) => each?.others)).toEqual([[], []]);
    expect(holdings[0]?.id).not.toBe(holdings[1]?.id);
  });

  test('the lease keeps the target as it was found and the present name of the account', async () => {
    const found = { target: { thing: 'x', number: 7 } as typeof observed.target };
    const first = await grantedIn(ledger, at('found'), 'write', found);
    expect((await firstLeaseOf(first)).target).toMatchObject({
      spec: { thing: 'x', number: 7 },
      lockKey: 'found',
    });
    const renamed = { subject: { id: 'id-1', name: 'ana-f' } };
    await grantedIn(ledger, at('found'), 'write', renamed);
    expect((await firstLeaseOf(first)).holding?.subject).toEqual({ id: 'id-1', name: 'ana-f' });
  });

  test('a lease knows the leases beside it, their levels and where they stand, until they are revoked (I5)', async () => {
    const one = await grantedIn(ledger, at('levels', { level: 'read' }), 'read');
    const two = await approvedIn(ledger, at('levels'));
    const lease = await firstLeaseOf(two);
    await ledger.intend({ lease, observed: { ...observed, key: 'levels' }, level: 'write', via: 'workflow' });
    const beside = async (id: RequestId) => (await firstLeaseOf(id)).holding?.others;
    expect(await beside(one)).toMatchObject([{ request: two, level: 'write', state: 'intended' }]);
    expect(await beside(two)).toMatchObject([{ request: one, level: 'read', state: 'granted' }]);
    await ledger.record(end(one));
    expect(await beside(two)).toMatchObject([{ request: one, state: 'revoke-started' }]);
    await revokedIn(ledger, one);
    expect(await beside(two)).toEqual([]);
  });

  test('the open holding of an account has its prior state and all leases without a receipt, as their events say (T24)', async () => {
    const seen = { key: 'open holding', subject: { id: 'id-1', name: 'ana' } };
    expect(await ledger.readOpenHolding('fake', seen)).toBeUndefined();
    const one = await grantedIn(ledger, at('open holding'), 'write', { prior: 'read' });
    await rows(
      `update lease set state = 'revoked', ends_at = ends_at + interval '1 year' where request_id = $1`,
      [one],
    );
    const lease = await ledger.readLease(leaseIdOf(one, 0));
    expect(await ledger.readOpenHolding('fake', seen)).toEqual({
      id: lease?.holding?.id,
      subject: seen.subject,
      prior: 'read',
      others: [
        {
          id: leaseIdOf(one, 0),
          request: one,
          lockKey: 'fake\nopen holding\nana',
          level: 'write',
          state: 'granted',
          endsAt: lease?.endsAt,
          intendedAt: lease?.intendedAt,
          shownAt: lease?.shownAt,
          hasEnded: false,
        },
      ],
    });
    for (const [provider, more] of [
      ['other', {}],
      ['fake', { key: 'no such target' }],
      ['fake', { subject: { id: 'id-2', name: 'ana' } }],
    ] as const)
      expect(await ledger.readOpenHolding(provider, { ...seen, ...more })).toBeUndefined();
    await revokedIn(ledger, one);
    expect(await ledger.readOpenHolding('fake', seen)).toBeUndefined();
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
    const openHoldings = async () =>
      (await rows(`select from holding where target_key = 'half' and closed_at is null`)).length;
    await ledger.record(end(one));
    await ledger.record(end(other));
    await ledger.record(confirmRevoked(await firstLeaseOf(one)));
    expect(await openHoldings()).toBe(1);
    await ledger.record(confirmRevoked(await firstLeaseOf(other)));
    expect(await openHoldings()).toBe(0);
  });

  test('a holding is closed when the receipts of all its leases are recorded, whatever their rows say (I5, T24, B09)', async () => {
    const [one, two] = [await grantedIn(ledger, at('rows')), await grantedIn(ledger, at('rows'))];
    const openHoldings = async () =>
      (await rows(`select from holding where target_key = 'rows' and closed_at is null`)).length;
    await rows(`update lease set state = 'revoked' where request_id = $1`, [two]);
    await revokedIn(ledger, one);
    expect(await openHoldings()).toBe(1);
    await rows(`update lease set state = 'granted' where request_id = $1`, [one]);
    await revokedIn(ledger, two);
    expect(await openHoldings()).toBe(0);
  });

  test('a holding stays open when a lease joins it while the receipt of the last one is recorded (I5)', async () => {
    const [last, joining] = [await grantedIn(ledger, at('join')), await approvedIn(ledger, at('join'))];
    await ledger.record(end(last));
    const lease = await firstLeaseOf(last);
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
    const lease = await firstLeaseOf(id);
    await ledger.record(end(id));
    const intent = { lease, observed: { ...observed, key: 'too-late' }, level: 'write' } as const;
    expect((await ledger.intend({ ...intent, via: 'workflow' })).outcome.ok).toBe(false);
    expect(await rows(`select from holding where target_key = 'too-late'`)).toEqual([]);
  });

  test('an intent that comes at the end of the access, while nobody ended it, opens no holding (I2)', async () => {
    const id = await approvedIn(ledger, at('at-its-end'));
    const lease = await firstLeaseOf(id);
    const intent = { lease, observed: { ...observed, key: 'at-its-end' }, level: 'write' } as const;
    await atTime(lease.endsAt, async () => {
      expect((await ledger.intend({ ...intent, via: 'workflow' })).outcome.ok).toBe(false);
    });
    expect(await rows(`select from holding where target_key = 'at-its-end'`)).toEqual([]);
    await atTime(lease.endsAt - 1, async () => {
      expect((await ledger.intend({ ...intent, via: 'sweeper' })).outcome.ok).toBe(true); // a second attempt
    });
    expect(await rows(`select from holding where target_key = 'at-its-end'`)).toHaveLength(1);
  });

  test('the recorded intent has the prior state of the holding, the level and the id of the account', async () => {
    await grantedIn(ledger, at('intent'), 'admin', { prior: 'none' });
    const id = await approvedIn(ledger, at('intent'));
    const lease = await firstLeaseOf(id);
    const seen = { ...observed, key: 'intent', prior: 'admin' };
    const { outcome } = await ledger.intend({ lease, observed: seen, level: 'read', via: 'sweeper' });
    const event = {
      kind: 'intended',
      lease: lease.id,
      prior: 'none',
      level: 'read',
      subject: 'id-1',
      key: 'intent',
    };
    expect(outcome).toEqual({ ok: true, value: [{ ...event, at: expect.any(Number) }] });
    expect((await ledger.readTrail(id)).at(-1)).toMatchObject({ event, via: 'sweeper' });
    expect(
      await rows('select step from event where request_id = $1 and kind = $2', [id, 'intended']),
    ).toEqual([{ step: `intend/${lease.id}` }]);
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
    const revokedAt = Date.now() - 60_000;
    await atTime(revokedAt, () => revokedIn(ledger, first));
    expect(await ledger.lastRevokedAt('fake', asked)).toBe(revokedAt);
    expect((await firstLeaseOf(live)).state).toBe('granted');
    expect(await ledger.lastRevokedAt('other', asked)).toBeUndefined();
    expect(await ledger.lastRevokedAt('fake', { ...asked, key: 'live' })).toBeUndefined();
    const stranger = { id: 'id-9', name: 'ana' };
    expect(await ledger.lastRevokedAt('fake', { ...asked, subject: stranger })).toBeUndefined();
    await atTime(revokedAt + 5_000, () => revokedIn(ledger, live));
    expect(await ledger.lastRevokedAt('fake', asked)).toBe(revokedAt + 5_000);
  });

  test('the time of a revocation is that of its receipt, however long it took (F15)', async () => {
    const request = await grantedIn(ledger, at('slow'));
    const receiptAt = Date.now() - 60_000;
    await atTime(receiptAt - 600_000, async () => void (await ledger.record(end(request))));
    const lease = await firstLeaseOf(request);
    await atTime(receiptAt, async () => void (await ledger.record(confirmRevoked(lease))));
    const asked = { key: 'slow', subject: observed.subject };
    expect(await ledger.lastRevokedAt('fake', asked)).toBe(receiptAt);
  });
});

describe('the prior state while a revoked access is in doubt (F01, I5)', () => {
  /** A lease that was revoked, and whose access is in doubt. */
  async function doubted(lockKey: string, prior = 'none'): Promise<void> {
    const key = lockKeyOf({ ...target, lockKey });
    await ledger.withLock(key, () => Promise.resolve());
    await revokedIn(ledger, await grantedIn(ledger, at(lockKey), 'write', { prior }));
    await ledger.doubt({ key }, { afterMs: 0, lateMs: 60_000 });
  }
  const priorOf = async (request: RequestId) => (await firstLeaseOf(request)).holding?.prior;

  test.each<[string, object, object, string]>([
    ['what the revoked lease gave', {}, {}, 'none'],
    ['another level', {}, { prior: 'admin' }, 'admin'],
    ['the level of another account', {}, { subject: { id: 'id-2', name: 'ana' } }, 'write'],
    ['the level at another target', {}, { key: 'doubted elsewhere' }, 'write'],
    ['the level at another provider', { provider: 'other' }, {}, 'write'],
  ])('when the provider shows %s', async (what, more, seen, prior) => {
    await doubted(`doubted: ${what}`);
    const id = await grantedIn(ledger, at(`doubted: ${what}`, more), 'write', { prior: 'write', ...seen });
    expect(await priorOf(id)).toBe(prior);
  });

  const revokedBefore = (seconds: number) =>
    `update lease set changed_at = doubt_since - interval '${seconds} seconds' from provider_lock
      where key = lock_key and key = $1`;
  test.each([
    ['the doubt is over', 'update provider_lock set doubt_until = ledger_now() where key = $1', 'write'],
    ['the lease was revoked more than a minute before the doubt', revokedBefore(61), 'write'],
    ['the lease was revoked less than a minute before the doubt', revokedBefore(59), 'none'],
  ])('when %s', async (what, change, prior) => {
    await doubted(what);
    await rows(change, [lockKeyOf({ ...target, lockKey: what })]);
    const id = await grantedIn(ledger, at(what), 'write', { prior: 'write' });
    expect(await priorOf(id)).toBe(prior);
  });

  test('is the lowest of those that the revoked leases had', async () => {
    await doubted('doubted twice', 'admin');
    await doubted('doubted twice', 'read');
    const id = await grantedIn(ledger, at('doubted twice'), 'write', { prior: 'write' });
    expect(await priorOf(id)).toBe('read');
  });
});
