import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { HintingDb } from '../../ledger/pool.ts';
import { readState, record } from '../../ledger/request/record.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { startRequestsFixture, type RequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, asked, granted } from './steps.fixture.ts';

let fixture: RequestsFixture;
let request: RequestId;

beforeAll(async () => {
  fixture = await startRequestsFixture();
});
beforeEach(async () => {
  request = await approvedWithoutWorkflow(fixture, { length: '1h' });
  await granted(fixture, request);
});
afterAll(() => fixture?.stop());

const refusals = async () =>
  (await fixture.ledger.readTrail(request)).flatMap(({ event }) =>
    event.kind === 'refused' ? [[event.by, event.tried, event.refusal.code]] : [],
  );

describe('the attempts of a person that are refused for the same reason are one event', () => {
  test('whatever was typed', async () => {
    for (const length of ['x1', 'x2', '1.33h', '90d', '']) await asked(fixture, request, { length });
    expect(await refusals()).toEqual([['ana', 'extend', 'length-unreadable']]);
  });

  test('of three people, one event each', async () => {
    for (let time = 0; time < 3; time += 1)
      for (const by of ['bo', 'cy', 'dee']) await asked(fixture, request, { by, length: `x${time}` });
    expect(await refusals()).toEqual(
      ['bo', 'cy', 'dee'].map((person) => [person, 'extend', 'not-requester']),
    );
  });

  test('and the click of each has its own refusal', async () => {
    const wanted = async (length: string) => (await asked(fixture, request, { length })).outcome;
    expect(await wanted('soon')).toMatchObject({ error: { problem: 'no-length' } });
    expect(await wanted('1.33h')).toMatchObject({ error: { problem: 'no-whole-minutes' } });
  });
});

test('no text that a person typed is in a refusal, nor beside it (I19)', async () => {
  const typed = 'canary of a person';
  await asked(fixture, request, { length: typed, reason: typed });
  await asked(fixture, request, { by: 'bo', length: typed, reason: typed });
  await answered(fixture, request, { kind: 'deny', by: 'bo', body: { digest: typed, note: typed } });
  for (const more of [{ entitlement: typed }, { length: typed }, { reason: typed.repeat(100) }])
    await approvedWithoutWorkflow(fixture, more).catch(() => undefined);
  const stored = await rowsOf(
    fixture.url,
    `select body::text from event union all select texts::text from event_text`,
  );
  expect(stored.length).toBeGreaterThan(10);
  expect(JSON.stringify(stored)).not.toContain(typed);
});

/** Adds refusals to the trail, each with another text, as an earlier version recorded them. */
const plantRefusals = (most: number) =>
  asAdmin(async (owner) => {
    await owner.query('set session_replication_role = replica');
    await owner.query(
      `insert into event (request_id, seq, step, kind, body, via, at)
       select $1, l.seq + g, 'click/planted' || l.seq + g, 'refused', jsonb_build_object('kind', 'refused', 'by', 'ana', 'tried', 'extend',
              'at', extract(epoch from l.at) * 1000, 'refusal', jsonb_build_object('code', 'length-unreadable', 'problem', 'p' || g)), 'console', l.at
         from (select seq, at from event where request_id = $1 order by seq desc limit 1) l, generate_series(1, $2::int) g`,
      [request, most],
    );
    await owner.query('analyze event');
  }, fixture.url);

/** The rows of the trail that Postgres reads for some work. The work is undone. */
async function rowsRead(work: (db: HintingDb) => Promise<unknown>): Promise<number> {
  let read = 0;
  await asAdmin(async (owner) => {
    await owner.query('begin');
    const query = async (sql: string, values: unknown[] = []) => {
      if (/\bevent\b/.test(sql) && /^\s*select/.test(sql)) {
        const explained = await owner.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
          `explain (analyze, format json) ${sql}`,
          values,
        );
        read += explained.rows.reduce((sum, row) => sum + rowsIn(row['QUERY PLAN'][0].Plan), 0);
      }
      return owner.query(sql, values);
    };
    await work({ query, hint: () => undefined } as unknown as HintingDb);
    await owner.query('rollback');
  }, fixture.url);
  return read;
}

type Plan = Readonly<{
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: readonly Plan[];
}>;
const rowsIn = (plan: Plan): number =>
  (plan['Relation Name']?.startsWith('event')
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, each) => sum + rowsIn(each), 0);

test('to compute the state, to end the access and to refuse once more read no more rows with 5,000 refusals than with one', async () => {
  const works: readonly ((db: HintingDb) => Promise<unknown>)[] = [
    (db) => readState(db, request),
    (db) =>
      record(db, {
        ...{ request, name: `click/${clickIdOf(uuidv7())}`, via: 'slack' },
        command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: NOT_ELIGIBLE, at }),
      }),
    (db) =>
      record(db, {
        ...{ request, name: `click/${clickIdOf(uuidv7())}`, via: 'slack' },
        command: (_state, at) => ({ kind: 'end', by: 'eve' as PersonId, eligibility: NOT_ELIGIBLE, at }),
      }),
  ];
  const read = async () => {
    const all: number[] = [];
    for (const work of works) all.push(await rowsRead(work));
    return all;
  };
  await plantRefusals(1);
  const before = await read();
  await plantRefusals(5_000);
  const after = await read();
  expect(before.every((rows) => rows > 0)).toBe(true);
  for (const [place, rows] of after.entries()) expect(rows).toBeLessThanOrEqual(before[place] ?? 0);
});

test('access ends on time although its trail has 300,000 refusals, and its history is shown', async () => {
  await plantRefusals(300_000);
  await fixture.shiftClock(2 * 3_600_000);
  try {
    await sweep(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
    expect((await fixture.state(request)).kind).toBe('closed');
    const trail = await fixture.ledger.readTrail(request);
    expect(trail.at(-1)?.event.kind).toBe('closed');
    expect(trail.length).toBeLessThan(2_000);
  } finally {
    await fixture.shiftClock(0);
  }
}, 120_000);
