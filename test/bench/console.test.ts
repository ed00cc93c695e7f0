import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ConsolePages, measureConsolePages } from '../../bench/console-pages.ts';
import { consoleLines } from '../../bench/console-table.ts';
import { asAdmin, freshDatabase } from '../ledger/database.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let home: string;
let measured: ConsolePages;
beforeAll(async () => {
  database = await freshDatabase();
  home = await mkdtemp(join(tmpdir(), 'curfew-bench-console-'));
  measured = await measureConsolePages({ requests: 300, rounds: 1 }, database.url, home);
});
afterAll(async () => {
  await database?.drop();
  await rm(home, { recursive: true, force: true });
});

test('each page is answered and measured, with the plan of its slowest statement', () => {
  expect(measured.pages.length).toBeGreaterThan(80);
  for (const { what, status, ms, bytes, withScripts, slowest } of measured.pages) {
    expect([what, status, ms.length]).toEqual([what, 200, 1]);
    expect(withScripts).toBeGreaterThan(bytes);
    expect(bytes).toBeGreaterThan(5000);
    expect(slowest.plan.join('\n')).toContain('Execution Time');
  }
});

const APPROVED = `kind in ('approved', 'extension-approved')`;
const APPROVE = `keep_approval(request_id, seq, kind, at, body ->> 'by')`;
const JUDGED = `kind in ('judged', 'extension-requested')`;
const JUDGE = `keep_judgement(request_id, kind, at, body -> 'requirements' ->> 'policy')`;
const OPENED = `seq = 0 and kind in ('requested', 'refused')`;
test.each([
  ['request_list', 'write_request_list(request_id)', OPENED],
  ['access_period', 'write_access_periods(request_id)', `kind = 'activated'`],
  ['approval_list', APPROVE, APPROVED],
  ['approval_pair', APPROVE, APPROVED],
  ['judgement', JUDGE, JUDGED],
  ['policy_use', JUDGE, JUDGED, 10],
  ['first_request', JUDGE, JUDGED],
])(
  'the table %s is as its trigger writes it from the events',
  async (table, write, events, atLeast = 200) => {
    await asAdmin(async (owner) => {
      await owner.query(`begin; create temporary table made as table ${table}`);
      await owner.query('delete from request_list; delete from access_period; delete from approval_list');
      await owner.query(
        'delete from approval_pair; delete from judgement; delete from first_request; delete from policy_use',
      );
      await owner.query(`select ${write} from event where ${events} order by log_id`);
      const { rows } = await owner.query<{ made: number; others: number }>(
        `select (select count(*) from made)::integer as made,
              (select count(*) from ((table made except table ${table}) union all (table ${table} except table made)) d)::integer as others`,
      );
      expect(rows[0]?.made).toBeGreaterThan(atLeast);
      expect(rows[0]?.others).toBe(0);
    }, database.url);
  },
);

test('the slowest page comes first, and the pages over the goal are named', () => {
  const page = (what: string, ms: number, bytes: number) => ({
    ...{ what, path: '/', status: 200, ms: [ms], bytes, withScripts: bytes + 1000 },
    slowest: { ms: ms / 2, sql: 'select 1', plan: ['Seq Scan'] },
  });
  const lines = consoleLines({
    pages: [page('now', 20, 9000), page('numbers', 300, 120_000)],
    reads: [2],
  }).split('\n');
  expect(lines[1]?.trim().split(/ {2,}/).slice(0, 4)).toEqual(['numbers', '300', '300', '150']);
  expect(lines).toContain('  Pages over 100 ms: 1 of 2 (numbers).');
  expect(lines).toContain('  Pages over 100 KB: 1 of 2 (numbers).');
  expect(lines).toContain('    Seq Scan');
});
