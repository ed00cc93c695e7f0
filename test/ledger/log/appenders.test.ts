import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { freshDatabase } from '../database.fixture.ts';
import { rowsOf } from '../ledger.fixture.ts';
import { sequenceAll } from './log.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let ledger: Ledger;
beforeAll(async () => {
  database = await freshDatabase();
  ledger = openLedger(database.url);
});
afterAll(async () => {
  await ledger?.close();
  await database?.drop();
});

/** One more row for the log, which is visible at once. */
const add = () =>
  rowsOf(
    database.url,
    `insert into visit (person, from_at, until_at) values ('dee', now(), now() + interval '15 minutes')`,
  );

test.each([
  [
    'finding_decision',
    `(click_id, finding_id, kind, by, via, seen) values ('c1', 'f', 'revoke', 'dee', 'cli', 's')`,
  ],
  [
    'review',
    `(id, opened_by, title_hash, scope, from_at, to_at, due_at, population, population_digest)
     values ('review_x', 'dee', 'h', '{}', now() - interval '1 day', now(), now() + interval '1 day', 1, 'd')`,
  ],
  [
    'review_decision',
    `(click_id, review_id, line_id, kind, by, via) values ('click_x', 'review_x', 'l', 'object', 'dee', 'console')`,
  ],
])(
  'a row of %s whose transaction is open during several passes is in the log afterwards',
  async (table, row) => {
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    try {
      await slow.query('begin');
      await slow.query(`insert into ${table} ${row}`);
      for (let pass = 0; pass < 3; pass += 1) {
        await add();
        await sequenceAll(ledger);
      }
      await slow.query('commit');
    } finally {
      await slow.end();
    }
    await add();
    await sequenceAll(ledger);
    expect(
      await rowsOf(
        database.url,
        'select type from log_row r where not exists (select from log_entry x where x.log_id = r.log_id)',
      ),
    ).toEqual([]);
  },
);
