import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { correctLeases } from '../../upkeep/correct-leases.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;
const live = async (): Promise<RequestId> => {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  return request;
};
const change = (request: RequestId, what: string) =>
  rowsOf(fixture.url, `update lease set ${what} where request_id = $1`, [request]);
async function endOf(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}

describe('somebody who writes to the table of leases (T24, I20)', () => {
  test.each([
    ['hides a lease from the sweeper', `next_try_at = 'infinity'`],
    ['says that nobody must look at it', 'next_try_at = null'],
    ['says that it is revoked', `state = 'revoked', next_try_at = null`],
    ['says that it was never granted', `state = 'grant-started'`],
    ['moves its end', `ends_at = ends_at + interval '1 year', next_try_at = 'infinity'`],
  ])('%s: the access ends on time all the same, and the sweep says so', async (_what, forged) => {
    const request = await live();
    await change(request, forged);
    const { corrected } = await sweep(fixture.deps);
    expect(corrected).toEqual([
      { lease: firstLease(request), why: expect.stringMatching(/^the events say granted until /) },
    ]);
    await fixture.shiftClock(HOUR + 30_000);
    await sweep(fixture.deps);
    await sweep(fixture.deps); // the first one sets right what the forged row kept from it
    await fixture.shiftClock(HOUR + 60_000);
    await sweep(fixture.deps);
    expect(await fixture.kinds(request)).toMatch(/revoke-started revoked closed$/);
    expect(fixture.levelOf()).toBe('none');
  });

  test('starts a grant again in the trail, with a later end: the access ends on time all the same', async () => {
    const request = await live();
    await rowsOf(
      fixture.url,
      `insert into event (request_id, seq, step, kind, body, via, at)
       select request_id, 90, 'forged', kind, body || '{"endsAt": 4102444800000}', via, at
         from event where request_id = $1 and kind = 'grant-started'`,
      [request],
    );
    expect(await correctLeases(fixture.deps)).toEqual([]);
    await fixture.shiftClock(HOUR + 30_000);
    expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
  });

  test('deletes a lease: the sweep says so, each time', async () => {
    const request = await live();
    const row = await rowsOf(fixture.url, 'delete from lease where request_id = $1 returning id', [request]);
    expect(row).toHaveLength(1);
    for (let pass = 0; pass < 2; pass += 1)
      expect(await correctLeases(fixture.deps)).toEqual([
        { lease: firstLease(request), why: expect.stringMatching(/and it has no row$/) },
      ]);
    await rowsOf(
      fixture.url,
      `with closed as (select $1::text as id)
       insert into event (request_id, seq, step, kind, body, via, at)
       select id, 90, 'x', 'closed', '{"kind":"closed","ending":{"kind":"expired"},"at":0}', 'sweeper', now() from closed`,
      [request],
    );
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });
});

test('each lease whose row is wrong is set right, also when a request has several', async () => {
  const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
  const leases = [0, 1].map((target) => leaseIdOf(request, target));
  await change(request, `next_try_at = 'infinity'`);
  expect((await correctLeases(fixture.deps)).map(({ lease }) => lease)).toEqual(leases);
  expect(await correctLeases(fixture.deps)).toEqual([]);
  await rowsOf(fixture.url, `update lease set next_try_at = 'infinity' where id = $1`, [leases[1]]);
  expect((await correctLeases(fixture.deps)).map(({ lease }) => lease)).toEqual([leases[1]]);
  await answered(fixture, request, { kind: 'end', by: 'ana' });
});

test('a step that is being recorded is waited for, so that its row is not set back', async () => {
  const request = await live();
  let isCorrected = false;
  let correcting: Promise<unknown> = Promise.resolve();
  await asAdmin(async (session) => {
    await session.query('begin');
    await session.query('select from request_lock where request_id = $1 for update', [request]);
    correcting = fixture.ledger.correctLeases(request).then(() => (isCorrected = true));
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await until('it waits', async () => isCorrected || (await session.query(waiting)).rowCount === 1);
    expect(isCorrected).toBe(false);
  }, fixture.url);
  await correcting;
  await endOf(request);
});

test('rows that are what the events say are left as they are, in each state of a lease', async () => {
  const approved = await approvedWithoutWorkflow(fixture);
  expect(await correctLeases(fixture.deps)).toEqual([]);
  await granted(fixture, approved);
  expect(await correctLeases(fixture.deps)).toEqual([]);
  await answered(fixture, approved, { kind: 'end', by: 'ana' });
  expect(await correctLeases(fixture.deps)).toEqual([]);
  const restore = fixture.providerControl.failFrom('ensureAbsent');
  for (let tries = 0; tries < 3; tries += 1) {
    await fixture.shiftClock((tries + 1) * 61_000);
    await sweep(fixture.deps);
    expect(await correctLeases(fixture.deps)).toEqual([]);
  }
  restore();
  await fixture.shiftClock(0);
  await endOf(await live());
  expect(await correctLeases(fixture.deps)).toEqual([]);
});
