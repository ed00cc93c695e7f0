import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { entryOf } from '../../../audit/entry.ts';
import { leafHash } from '../../../audit/tree/hash.ts';
import { rootAt } from '../../../audit/tree/proofs.ts';
import { TREE_RULES } from '../../../audit/tree/rules.ts';
import { rootOf } from '../../audit/tiny-tree.fixture.ts';
import { openLedger } from '../../../ledger/index.ts';
import { rowsOfEntries } from '../../../ledger/log/rows.ts';
import { until } from '../../until.fixture.ts';
import { serverUrl } from '../database.fixture.ts';
import { approve, openedIn, rowsOf } from '../ledger.fixture.ts';
import { database, ledger } from '../own-ledger.fixture.ts';
import { LOG_NAME, sequenceAll } from './log.fixture.ts';

/** A session of its own in the database of the ledger, or in another one. */
async function session(url = database.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the database is dropped after a test that failed
  await client.connect();
  return client;
}

const append = (client: pg.Client, request: string, seq = 0) =>
  client.query(
    `insert into event (request_id, seq, step, kind, body, via, at)
     values ($1, $2::integer, 's' || $2::integer, 'refused', '{"kind":"refused"}', 'cli', now())`,
    [request, seq],
  );

const ids = (rows: readonly { id: string }[]): readonly string[] => rows.map(({ id }) => id);

/** The ids of the rows of the log, in its order. Throws when an index is missing. */
async function logged(): Promise<readonly string[]> {
  const { size } = await ledger.logProgress();
  const rows = await ledger.rowsOfEntries(0, size);
  expect(rows).toHaveLength(size);
  return rows.map((row) => row?.id ?? 'missing');
}

test('what is recorded is in the log once, in order, and the tree is the one over its entries', async () => {
  const request = await openedIn(ledger);
  await ledger.record(approve(request));
  const added = await sequenceAll(ledger);
  expect(ids(added)).toEqual([0, 1, 2, 3].map((seq) => `${request}/${seq}`));
  expect(await sequenceAll(ledger)).toEqual([]);
  const { size } = await ledger.logProgress();
  const hashes = (await ledger.rowsOfEntries(0, size)).map((row) => leafHash(entryOf(row!).bytes));
  expect(await rootAt(size, (place) => ledger.readLogTile(place))).toEqual(rootOf(hashes));
});

test('the row of each entry keeps its place when somebody deleted another entry', async () => {
  const { size } = await ledger.logProgress();
  const before = await ledger.rowsOfEntries(0, size);
  const owner = await session();
  await owner.query('begin');
  await owner.query('set local session_replication_role = replica');
  await owner.query('delete from log_entry where index = 1');
  expect(await rowsOfEntries(owner, 0, size)).toEqual(before.with(1, undefined));
  await owner.query('rollback');
  await owner.end();
});

describe('no row is skipped, and nothing waits', () => {
  test('a row whose transaction commits late is added when it is committed, and the others before it', async () => {
    const late = await session();
    await late.query('begin');
    await append(late, 'req_late');
    const other = await session();
    await append(other, 'req_other');
    expect(ids(await sequenceAll(ledger))).toEqual(['req_other/0']);
    expect(await sequenceAll(ledger)).toEqual([]);
    await late.query('commit');
    expect(ids(await sequenceAll(ledger))).toEqual(['req_late/0']);
    await Promise.all([late.end(), other.end()]);
  });

  test('the numbers of a transaction that was rolled back are forgotten when it is over', async () => {
    const one = await session();
    await one.query('begin');
    await append(one, 'req_rolled_back');
    const other = await session();
    await append(other, 'req_after');
    await sequenceAll(ledger);
    expect(await rowsOf(database.url, 'select first from log_gap')).toHaveLength(1);
    await one.query('rollback');
    await append(other, 'req_after', 1);
    expect(ids(await sequenceAll(ledger))).toEqual(['req_after/1']);
    await sequenceAll(ledger);
    expect(await rowsOf(database.url, 'select first from log_gap')).toEqual([]);
    await Promise.all([one.end(), other.end()]);
  });

  test.each([
    [
      'a transaction that wrote in another database of the server',
      () => serverUrl(),
      'create temporary table x ()',
    ],
    ['a dump: a reading transaction with a snapshot', () => database.url, 'select count(*) from event'],
    [
      'a reader that locks the table as a reader may',
      () => database.url,
      'lock table event in access share mode',
    ],
    ['a transaction of the ledger that appends nothing', () => database.url, 'create temporary table x ()'],
  ])('%s does not delay it, however long it is open', async (_who, url, statement) => {
    const holder = await session(url());
    await holder.query('begin isolation level repeatable read');
    await holder.query(statement);
    const request = await openedIn(ledger);
    expect(ids(await sequenceAll(ledger))).toEqual([`${request}/0`, `${request}/1`]);
    await holder.query('rollback');
    await holder.end();
  });

  test('a row that the log lost sight of is found by the comparison', async () => {
    const writer = await session();
    await writer.query(`select nextval('log_id')`);
    await append(writer, 'req_hidden');
    await sequenceAll(ledger);
    const [hidden] = await rowsOf<{ log_id: number }>(
      database.url,
      `select log_id from event where request_id = 'req_hidden'`,
    );
    await writer.query(
      `insert into event (request_id, seq, step, kind, body, via, at, log_id)
       values ('req_lost', 0, 's', 'refused', '{"kind":"refused"}', 'cli', now(), $1)`,
      [hidden!.log_id - 1],
    );
    expect(await sequenceAll(ledger)).toEqual([]);
    expect(await ledger.findMissedRows(0, hidden!.log_id + 1)).toBe(1);
    expect(ids(await sequenceAll(ledger))).toEqual(['req_lost/0']);
    await writer.end();
  });
});

describe('what a role can do to the log', () => {
  test('many numbers that nobody used are one gap', async () => {
    const writer = await session();
    await writer.query(`select count(nextval('log_id')) from generate_series(1, 100000)`);
    await append(writer, 'req_after_many');
    expect(ids(await sequenceAll(ledger))).toEqual(['req_after_many/0']);
    await append(writer, 'req_after_many', 1);
    await sequenceAll(ledger);
    expect(await rowsOf(database.url, 'select first from log_gap')).toEqual([]);
    await writer.end();
  });

  test('a row in the middle of a gap is taken, and the rest of the gap stays', async () => {
    const [one, two] = [await session(), await session()];
    await one.query('begin');
    await one.query(`select nextval('log_id'), nextval('log_id')`);
    await append(one, 'req_in_gap');
    await two.query('begin');
    await append(two, 'req_open');
    const last = await session();
    await append(last, 'req_last');
    await sequenceAll(ledger);
    await one.query('commit');
    expect(ids(await sequenceAll(ledger))).toEqual(['req_in_gap/0']);
    await two.query('commit');
    expect(ids(await sequenceAll(ledger))).toEqual(['req_open/0']);
    for (const each of [one, two, last]) await each.end();
  });

  test.each([
    ['a step of 70,000 characters', `repeat('s', 70000)`, `'{"kind":"refused"}'`],
    [
      'a body of a depth that not every program reads',
      `'s'`,
      `('{"kind":"refused","a":' || repeat('[', 100) || repeat(']', 100) || '}')::jsonb`,
    ],
    [
      'a number that another program reads as another one',
      `'s'`,
      `'{"kind":"refused","a":9007199254740993}'`,
    ],
    ['a number that is no whole one', `'s'`, `'{"kind":"refused","a":0.1}'`],
    ['a time that no other program has', `'s'`, `'{"kind":"refused"}'`, `'infinity'`],
  ])('%s is refused', async (_what, step, body, at = 'now()') => {
    const writer = await session();
    await expect(
      writer.query(
        `insert into event (request_id, seq, step, kind, body, via, at) values ('req_poison', 0, ${step}, 'refused', ${body}, 'cli', ${at})`,
      ),
    ).rejects.toMatchObject({ code: '23514' });
    await writer.end();
  });

  test('a default of the database for transactions changes nothing', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const writer = await session();
    await writer.query(`alter database ${name} set default_transaction_isolation = 'repeatable read'`);
    const other = openLedger(database.url);
    try {
      await writer.query('begin');
      await append(writer, 'req_slow');
      await openedIn(ledger);
      const holder = await session();
      await holder.query('begin');
      await holder.query('lock table log_gap in access exclusive mode');
      const pass = other.sequence({ name: LOG_NAME, most: 100, rules: TREE_RULES });
      await until('the pass waits', async () => {
        const waiting = await rowsOf(
          database.url,
          `select from pg_locks where not granted and relation = 'log_gap'::regclass`,
        );
        return waiting.length > 0;
      });
      await writer.query('commit');
      await holder.query('rollback');
      await pass;
      await sequenceAll(ledger);
      expect(await logged()).toContain('req_slow/0');
      await holder.end();
    } finally {
      await writer.query(`alter database ${name} reset default_transaction_isolation`);
      await other.close();
      await writer.end();
    }
  });
});

test('one process at a time adds to the log: the other one is told so and waits for nothing', async () => {
  await openedIn(ledger);
  const holder = await session();
  await holder.query('begin');
  await holder.query('select from log_state for update');
  expect(await ledger.sequence({ name: LOG_NAME, most: 10, rules: TREE_RULES })).toBeUndefined();
  await holder.query('rollback');
  await holder.end();
  expect(await sequenceAll(ledger)).toHaveLength(2);
});

test('a log of another name is refused, and nothing is added', async () => {
  await openedIn(ledger);
  await sequenceAll(ledger);
  await openedIn(ledger);
  await expect(sequenceAll(ledger, 'other.example/log')).rejects.toThrow(
    'CURFEW_LOG_NAME is "other.example/log"',
  );
  expect(await sequenceAll(ledger)).toHaveLength(2);
});

test('32 writers with roll-backs and delays, and a sequencer that is killed: dense, in order, and nothing is lost or twice (I21, F34)', async () => {
  const stopped = { is: false };
  const sequencing = (async () => {
    while (!stopped.is) {
      const killed = Math.random() < 0.2;
      const pass = killed ? killedPass() : ledger.sequence({ name: LOG_NAME, most: 17, rules: TREE_RULES });
      await pass.catch(() => undefined);
    }
  })();
  const before = new Set(await logged());
  const committed: string[] = [];
  const writing = Promise.all(
    Array.from({ length: 32 }, async (_, writer) => {
      const client = await session();
      for (let seq = 0, tries = 0; tries < 12; tries += 1) {
        await client.query('begin');
        await append(client, `req_w${writer}`, seq);
        await append(client, `req_w${writer}`, seq + 1);
        if (Math.random() < 0.3) await client.query('select pg_sleep(random() * 0.01)');
        const isRolledBack = Math.random() < 0.3;
        await client.query(isRolledBack ? 'rollback' : 'commit');
        if (isRolledBack) continue;
        committed.push(`req_w${writer}/${seq}`, `req_w${writer}/${seq + 1}`);
        seq += 2;
      }
      await client.end();
    }),
  );
  await writing.finally(() => (stopped.is = true));
  await sequencing;
  await sequenceAll(ledger);
  const all = (await logged()).filter((id) => !before.has(id));
  expect([...all].sort()).toEqual([...committed].sort());
  for (let writer = 0; writer < 32; writer += 1) {
    const own = all.filter((id) => id.startsWith(`req_w${writer}/`)).map((id) => Number(id.split('/')[1]));
    expect(own).toEqual(own.map((_, index) => index));
  }
  const { size } = await ledger.logProgress();
  const hashes = (await ledger.rowsOfEntries(0, size)).map((row) => leafHash(entryOf(row!).bytes));
  expect(await rootAt(size, (place) => ledger.readLogTile(place))).toEqual(rootOf(hashes));
});

/** A pass that ends in the middle: its transaction is rolled back. */
const killedPass = () =>
  ledger.sequence({
    name: LOG_NAME,
    most: 17,
    rules: {
      ...TREE_RULES,
      append: () => {
        throw new Error('killed');
      },
    },
  });
