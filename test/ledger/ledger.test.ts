import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, leaseIdOf, requestIdOf } from '../../core/ids.ts';
import { openLedger, type NewRequest } from '../../ledger/index.ts';
import { ana, bo, person } from '../core/request/request.fixture.ts';
import { startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { asAdmin } from './database.fixture.ts';
import {
  approve,
  end,
  grantedIn,
  newRequest,
  openedIn,
  opening,
  rowsOf,
  stepOf,
  target,
} from './ledger.fixture.ts';
import { database, ledger } from './own-ledger.fixture.ts';

const granted = (more: Partial<NewRequest> = {}) => grantedIn(ledger, more);
const query = (sql: string, values: readonly unknown[]) => rowsOf(database.url, sql, values);

describe('leases and holdings', () => {
  test('an approval creates a lease that is due for the sweeper after its end (B01)', async () => {
    const id = await openedIn(ledger);
    await ledger.record(approve(id));
    expect(await ledger.leasesOf(id)).toMatchObject([
      { id: leaseIdOf(id, 0), state: 'grant-started', target },
    ]);
    const rows = await query('select next_try_at > ends_at as after from lease where request_id = $1', [id]);
    expect(rows).toEqual([{ after: true }]);
  });

  test('leases on the same access share one holding, which keeps the prior level (I5)', async () => {
    const one = await granted({ targets: [{ ...target, lockKey: 'shared' }] });
    const lease = (await ledger.leasesOf(await granted({ targets: [{ ...target, lockKey: 'shared' }] })))[0];
    expect(lease?.holding).toMatchObject({ prior: 'none', others: [{ level: 'write' }] });
    expect((await ledger.leasesOf(one))[0]?.holding?.id).toBe(lease?.holding?.id);
  });

  test('the receipt of the revocation closes the request and its holding, and the sweeper has nothing left to do', async () => {
    const id = await granted({ targets: [{ ...target, lockKey: 'alone' }] });
    await ledger.record(end(id));
    const recorded = await ledger.record(
      stepOf(id, 'revoked', (at) => ({ kind: 'confirm-revoked', lease: leaseIdOf(id, 0), seen: 'none', at })),
    );
    expect(recorded.state.kind).toBe('closed');
    const rows = await query(
      `select l.state, l.next_try_at, h.closed_at is not null as closed
         from lease l join holding h on h.id = l.holding_id where request_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ state: 'revoked', next_try_at: null, closed: true }]);
  });

  test('a due lease is taken by one sweeper only', async () => {
    const id = await granted();
    await asAdmin(
      (admin) => admin.query(`update lease set next_try_at = now() where request_id = '${id}'`).then(),
      database.url,
    );
    const taken = await Promise.all([ledger.takeDueLeases(10), ledger.takeDueLeases(10)]);
    expect(taken.flat().filter(({ request }) => request === id)).toHaveLength(1);
  });

  test('a sweeper does not take a due lease that it already works on, or whose provider has no free slot (F32)', async () => {
    const id = await granted();
    await asAdmin(
      (admin) => admin.query(`update lease set next_try_at = now() where request_id = '${id}'`).then(),
      database.url,
    );
    expect(await ledger.takeDueLeases(10, { leases: [leaseIdOf(id, 0)] })).toEqual([]);
    expect(await ledger.takeDueLeases(10, { providers: ['fake'] })).toEqual([]);
    expect(await ledger.takeDueLeases(10, { providers: ['other'] })).toMatchObject([{ request: id }]);
  });

  test('the limit shortens the list of requests, and does not change their count', async () => {
    const eve = person('eve');
    for (const id of [newRequest(), newRequest()])
      await ledger.open(opening(id, { details: { ...opening(id).details, requester: eve } }));
    const wanted = { requester: eve, states: ['pending'], limit: 1 } as const;
    expect(await ledger.listRequests(wanted)).toHaveLength(1);
    expect(await ledger.countRequests(wanted)).toBe(2);
    expect(await ledger.countRequests({ ...wanted, states: ['active'] })).toBe(0);
  });

  test('a secret is delivered once, and to its requester only', async () => {
    const id = await granted();
    const lease = leaseIdOf(id, 0);
    await ledger.storeSecret(lease, Buffer.from('one'));
    expect(await ledger.storeSecret(lease, Buffer.from('two'))).toEqual(Buffer.from('one'));
    const delivered = async (by: typeof ana) => {
      const click = clickIdOf(uuidv7());
      await ledger.deliver({ request: id, lease, by, click, via: 'slack' });
      return ledger.takeSecret({ lease, click });
    };
    expect(await delivered(bo)).toBeUndefined();
    expect(await delivered(ana)).toEqual(Buffer.from('one'));
    expect(await delivered(ana)).toBeUndefined();
  });
});

describe('the inbox and the outbox', () => {
  test('a click that is written twice is stored once, taken by one dispatcher and settled once', async () => {
    const id = clickIdOf(uuidv7());
    const click = {
      id,
      kind: 'request',
      request: requestIdOf(id),
      via: 'cli',
      account: 'ana-login',
      person: ana,
      body: { entitlement: 'x', length: '1h', reason: 'y' },
    } as const;
    await Promise.all([ledger.writeClick(click), ledger.writeClick(click)]);
    expect(await ledger.takeClicks(['end', 'deliver'], 10, 60_000)).toEqual([]);
    const taken = await Promise.all([
      ledger.takeClicks(['request'], 10, 60_000),
      ledger.takeClicks(['request'], 10, 60_000),
    ]);
    expect(taken.flat()).toEqual([click]);
    await ledger.storeOutcome(id, { kind: 'opened' });
    await ledger.storeOutcome(id, { kind: 'something else' });
    expect(await ledger.clickOutcome(id)).toEqual({ kind: 'opened' });
  });

  test('hostile text is stored byte for byte, or refused before anything is written (T19)', async () => {
    const reason = `'; drop table event; -- <b>&amp; \u202e {"__proto__": 1} 💥`;
    const id = newRequest();
    await ledger.open(opening(id, { reason: { salt: 's', body: reason } }));
    expect((await ledger.readFreeText(id)).reason).toBe(reason);
    await expect(
      ledger.open(opening(newRequest(), { reason: { salt: 's', body: 'a\u0000b' } })),
    ).rejects.toThrow();
  });

  test('the second notification of a request is not taken before the first was sent', async () => {
    const id = await openedIn(ledger);
    await ledger.record(approve(id, person('ana')));
    const mine = async () =>
      (await ledger.takeNotifications(100, 'news')).filter(({ request }) => request === id);
    const [first] = await mine();
    expect(first).toMatchObject({ step: 'open', from: 0, to: 2 });
    expect(await mine()).toEqual([]);
    if (first) await ledger.markSent(first);
    expect(await mine()).toMatchObject([{ step: 'click/ana', from: 2, to: 3 }]);
  });
});

describe('the audit trail cannot be rewritten (I20)', () => {
  test.each([
    [`update event set kind = 'x'`, /permission denied|append-only/],
    ['delete from event', /permission denied|append-only/],
    ['truncate event', /permission denied|append-only/],
    ['drop table event', /must be owner/],
    ['alter table event disable trigger all', /must be owner/],
    [`update free_text set body = 'x'`, /permission denied/],
    ['delete from lease', /permission denied/],
  ])('the worker cannot run: %s', async (sql, error) => {
    const writer = new pg.Client({ connectionString: database.url, options: '-c role=curfew_worker' });
    await writer.connect();
    await expect(writer.query(sql)).rejects.toThrow(error);
    await writer.end();
  });

  test.each(['update event set seq = seq', 'delete from event', 'truncate event'])(
    'the owner of the tables cannot run: %s',
    async (sql) => {
      await expect(asAdmin((owner) => owner.query(sql).then(), database.url)).rejects.toThrow('append-only');
    },
  );
});

test('Postgres that accepts a query and never answers counts as unavailable (F04)', async () => {
  const { hostname, port } = new URL(database.url);
  const proxy = await startPgProxy(hostname, Number(port || 5432));
  const silent = openLedger(proxy.through(database.url), { queryTimeoutMs: 2_000 });
  proxy.arm({ when: (sql) => sql.includes('ledger_now'), act: 'hang' });
  await expect(silent.now()).rejects.toMatchObject({ code: 'ledger-unavailable' });
  expect(await silent.now()).toBeGreaterThan(0); // on another connection
  await silent.close();
  await proxy.stop();
});

test('Postgres that cannot be reached is reported as ledger-unavailable (I14)', async () => {
  const unreachable = openLedger('postgres://nobody:x@127.0.0.1:1/none');
  await expect(unreachable.now()).rejects.toMatchObject({ code: 'ledger-unavailable' });
  await unreachable.close();
});
