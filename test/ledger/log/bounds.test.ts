import { expect, test } from '@jest/globals';
import { asAdmin } from '../database.fixture.ts';
import { openedIn } from '../ledger.fixture.ts';
import { database, ledger, rows } from '../own-ledger.fixture.ts';
import { sequenceAll } from './log.fixture.ts';

// A row of the log is signed for ever. So no role may write one that cannot be read, or that the verifier refuses for its form or its size.

const DEEP = `${'['.repeat(40)}${']'.repeat(40)}`;
const as = (role: string, sql: string, values: readonly unknown[] = []) =>
  asAdmin(async (client) => {
    await client.query(`set role curfew_${role}`);
    await client.query(sql, [...values]);
  }, database.url);

const ORDER = `insert into copy_order (id, by, via, asked) values (gen_random_uuid(), 'ana', 'console', $1)`;
const QUARANTINE = `insert into quarantine (reason, ledger_serial, manifest_serial) values ($1, 1, 1)`;
const EVENT = `insert into event (request_id, seq, step, kind, body, via, at) values ('req_bounds', 0, 's', 'refused', $1, 'slack', now())`;

test.each<[what: string, role: string, sql: string, value: string]>([
  ['an order with a number without an end', 'console', ORDER, '{"n":1e400}'],
  ['an order with a number that programs read differently', 'cli', ORDER, '{"n":12345678901234567890}'],
  ['an order with a fraction', 'cli', ORDER, '{"n":0.1}'],
  ['an order that is nested too deeply', 'console', ORDER, `{"a":${DEEP}}`],
  ['a quarantine with a long reason', 'provider', QUARANTINE, 'x'.repeat(5_000_000)],
  ['an event with a long body', 'worker', EVENT, `{"kind":"refused","x":"${'x'.repeat(5_000_000)}"}`],
])('the database refuses %s', async (_what, role, sql, value) => {
  await expect(as(role, sql, [value])).rejects.toMatchObject({ code: '23514' });
});

test('the database accepts an order and an event that are long, and the log has them', async () => {
  await as('console', ORDER, [JSON.stringify({ a: 'x'.repeat(9_000) })]);
  await as('worker', EVENT, [JSON.stringify({ kind: 'refused', x: '\u0001'.repeat(500_000) })]);
  expect((await sequenceAll(ledger)).map(({ type }) => type)).toEqual(['copy', 'event']);
});

test('every table of the log checks its rows: each JSON column for its form, and the whole row for its length', async () => {
  await openedIn(ledger);
  const tables = await rows<{ name: string; checks: string; json: readonly string[] }>(
    `select c.relname as name,
            (select coalesce(string_agg(pg_get_constraintdef(k.oid), ' '), '') from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks,
            array(select attname::text from pg_attribute j where j.attrelid = c.oid and j.atttypid = 'jsonb'::regtype order by 1) as json
       from pg_class c
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
        and exists (select from pg_depend d join pg_rewrite r on r.oid = d.objid where d.refobjid = c.oid and r.ev_class = 'log_row'::regclass)
      order by 1`,
  );
  expect(tables.length).toBeGreaterThan(12);
  const unchecked = tables.flatMap(({ name, checks, json }) => [
    ...json
      .filter(
        (column) =>
          !new RegExp(`is_loggable\\(\\(?${column}\\b|is_sound_event\\(.*\\b${column}\\b`).test(checks),
      )
      .map((column) => `${name}.${column}`),
    ...(checks.includes(`(${name}.*)::text`) ? [] : [name]),
  ]);
  // An event has its body checked. A reading has a short address, and a visit has no text but its person, who is that of a reading.
  expect(unchecked).toEqual(['event', 'reading', 'visit']);
});
