import { expect, test } from '@jest/globals';
import pg from 'pg';
import { TREE_RULES } from '../../../audit/tree/rules.ts';
import { sequence } from '../../../ledger/log/sequence.ts';
import type { Db } from '../../../ledger/pool.ts';
import { asAdmin } from '../database.fixture.ts';
import { rowsOf } from '../ledger.fixture.ts';
import { database, ledger } from '../own-ledger.fixture.ts';
import { LOG_NAME, sequenceAll } from './log.fixture.ts';

const [EARLIER, ROWS] = [10_000, 3_000];

/** Rows with a number between them that no row has. */
const insertWithGaps = (request: string, count: number) =>
  asAdmin(async (client) => {
    await client.query(
      `do $$ begin for i in 1..${count} loop
         perform nextval('log_id');
         insert into event (request_id, seq, step, kind, body, via, at) values ('${request}', i, 's' || i, 'refused', '{"kind":"refused"}', 'cli', now());
       end loop; end $$`,
    );
  }, database.url);

/** One pass, and how many rows of events each of its statements read to find those of the log. `beforeLocks` runs before it reads who has locks. */
async function readInAPass(
  beforeLocks?: () => Promise<unknown>,
): Promise<Readonly<{ rows: number; read: readonly number[] }>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  const read: number[] = [];
  const query = async (sql: string, values: readonly unknown[] = []) => {
    if (sql.includes('from pg_locks')) await beforeLocks?.();
    if (sql.includes('from log_row')) {
      const { rows } = await client.query(`explain (analyze, format json) ${sql}`, [...values]);
      read.push(rowsReadIn(rows[0]['QUERY PLAN'][0].Plan));
    }
    return client.query(sql, [...values]);
  };
  const pass = await sequence({ query } as unknown as Db, { name: LOG_NAME, most: 1_000, rules: TREE_RULES });
  await client.query('commit');
  await client.end();
  return { rows: pass?.rows.length ?? 0, read };
}

type Plan = Readonly<{
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: readonly Plan[];
}>;
const rowsReadIn = (plan: Plan): number =>
  (plan['Relation Name'] === undefined ? 0 : plan['Actual Rows'] * plan['Actual Loops']) +
  (plan.Plans ?? []).reduce((sum, each) => sum + rowsReadIn(each), 0);

test('a pass reads the rows that it takes, and not the whole log, also when there are thousands of gaps', async () => {
  await rowsOf(
    database.url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     select 'req_earlier', n, 's' || n, 'refused', '{"kind":"refused"}', 'cli', now() from generate_series(1, ${EARLIER}) n`,
  );
  await sequenceAll(ledger, LOG_NAME, 5_000);
  await asAdmin((client) => client.query('analyze').then(() => undefined), database.url);
  await insertWithGaps('req_second', ROWS);
  const passes = [await readInAPass(), await readInAPass(), await readInAPass(), await readInAPass()];
  expect(passes.map(({ rows }) => rows)).toEqual([1_000, 1_000, 1_000, 0]);
  for (const read of passes.flatMap((pass) => pass.read)) expect(read).toBeLessThanOrEqual(ROWS);
  expect(await rowsOf(database.url, 'select first from log_gap')).toEqual([]);
});

test('a pass looks into 2,000 gaps, and the next one into the others', async () => {
  await insertWithGaps('req_many', 2_500);
  const count = async () => (await gaps()).length;
  const left: number[] = [];
  for (let pass = 0; pass < 3; pass += 1) {
    await ledger.sequence({ name: LOG_NAME, most: 5_000, rules: TREE_RULES });
    left.push(await count());
  }
  expect(left).toEqual([2_500, 500, 0]);
});

test('a row is late by one pass when its transaction ends during a pass, also while another one is open', async () => {
  const [ending, open] = [await opened(), await opened()];
  await append(ending, 'req_ending');
  await append(open, 'req_still_open');
  await insertWithGaps('req_after', 1);
  const { rows: visible } = await readInAPass(() => ending.query('commit'));
  const { rows: late } = await readInAPass();
  await open.query('rollback');
  await Promise.all([ending.end(), open.end()]);
  expect([visible, late]).toEqual([1, 1]);
  await sequenceAll(ledger); // Nothing is left for the next test.
});

test('a gap whose transaction is open costs one look at the log, and then none', async () => {
  const open = await opened();
  await append(open, 'req_open');
  await insertWithGaps('req_behind', 10);
  const [first, again, next] = [await readInAPass(), await readInAPass(), await readInAPass()];
  expect([first.rows, first.read.length]).toEqual([10, 1]);
  expect([again.rows, again.read.length]).toEqual([0, 2]);
  expect([next.rows, next.read.length]).toEqual([0, 1]);
  await open.query('rollback');
  expect((await readInAPass()).read).toHaveLength(2);
  await open.end();
});

test('a gap is looked into again only when a transaction that could have its row is over', async () => {
  const [one, other] = [await opened(), await opened()];
  await append(one, 'req_one');
  await append(other, 'req_other');
  await insertWithGaps('req_visible', 1);
  expect(await sequenceAll(ledger)).toHaveLength(1);
  const before = await gaps();
  expect(before.map(({ holders }) => holders)).toEqual([2]);
  await sequenceAll(ledger);
  expect(await gaps()).toEqual(before);
  await one.query('commit');
  expect((await sequenceAll(ledger)).map(({ id }) => id)).toEqual(['req_one/0']);
  expect(await gaps()).toMatchObject([{ holders: 1 }]);
  await other.query('commit');
  expect((await sequenceAll(ledger)).map(({ id }) => id)).toEqual(['req_other/0']);
  await sequenceAll(ledger);
  expect(await gaps()).toEqual([]);
  await Promise.all([one.end(), other.end()]);
});

async function opened(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined); // the database is dropped after a test that failed
  await client.connect();
  await client.query('begin');
  return client;
}

const append = (client: pg.Client, request: string) =>
  client.query(
    `insert into event (request_id, seq, step, kind, body, via, at) values ($1, 0, 's', 'refused', '{"kind":"refused"}', 'cli', now())`,
    [request],
  );

const gaps = () =>
  rowsOf<{ first: string; holders: number }>(
    database.url,
    'select first, cardinality(holders) as holders from log_gap order by first',
  );
