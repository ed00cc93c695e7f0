import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { AUDIT_VIEWS, type AuditView, openLedger } from '../../ledger/index.ts';
import { asAdmin, freshDatabase } from '../ledger/database.fixture.ts';
import { approvedIn, grantedIn, revokedIn, rowsOf } from '../ledger/ledger.fixture.ts';
import { storeWorld } from './stored-world.fixture.ts';
import { worldOf } from './world.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  database = await freshDatabase();
  await asAdmin(async (owner) => {
    await storeWorld(owner, worldOf(7, 20), 7);
  }, database.url);
});
afterAll(() => database?.drop());

const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(database.url, sql, values);

/** What a statement does for somebody who acts as the auditor's role. */
async function asAuditor(sql: string): Promise<readonly Record<string, unknown>[]> {
  let found: readonly Record<string, unknown>[] = [];
  await asAdmin(async (session) => {
    await session.query('set role curfew_auditor');
    found = (await session.query<Record<string, unknown>>(sql)).rows;
  }, database.url);
  return found;
}

const views = async (): Promise<readonly string[]> =>
  (
    await rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'v' order by relname`,
    )
  ).map(({ name }) => name);

describe('the schema audit', () => {
  test('each view has a description, and a line in docs/audit.md or an example there', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
    const described = await rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'v'
          and obj_description(oid) is not null order by relname`,
    );
    expect(described.map(({ name }) => name)).toEqual(await views());
    for (const view of await views()) expect(page).toContain(`audit.${view}`);
  });

  test('each view that a command reads has the columns that it prints', async () => {
    for (const [view, columns] of Object.entries(AUDIT_VIEWS))
      expect(await rows(`select ${columns.join(', ')} from audit.${view} limit 0`)).toEqual([]);
  });

  test('the role of an auditor reads every view, and a function', async () => {
    for (const view of await views()) await asAuditor(`select * from audit.${view}`);
    expect(await asAuditor(`select * from audit.access_as_known(now(), '2026-11-01', now())`)).not.toEqual(
      [],
    );
  });

  test('it reads no table, so no text of a person, and calls none of our functions', async () => {
    const tables = await rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables)
      await expect(asAuditor(`select * from public."${name}"`)).rejects.toMatchObject({ code: '42501' });
    await expect(asAuditor(`select public.write_access_periods('x')`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  test.each(['gateway', 'cli', 'reader'] as const)('the role of the %s asks every question', async (role) => {
    const ledger = openLedger(database.url, { role });
    const at = Date.parse('2026-11-01T12:00:00Z') as Instant;
    const access = { view: 'access', where: [], known: { at, from: at, to: at } } as const;
    try {
      for (const view of Object.keys(AUDIT_VIEWS) as AuditView[])
        expect((await ledger.auditPage({ view, where: [] }, { most: 3 })).rows).toEqual(expect.any(Array));
      expect((await ledger.auditPage(access, { most: 3 })).rows).toEqual(expect.any(Array));
    } finally {
      await ledger.close();
    }
  });

  test('it changes nothing', async () => {
    for (const view of await views()) {
      const [column] = await rows<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 1`,
        [`audit.${view}`],
      );
      await expect(asAuditor(`delete from audit.${view}`)).rejects.toThrow();
      await expect(asAuditor(`update audit.${view} set "${column?.name}" = null`)).rejects.toThrow();
    }
    await expect(asAuditor('create table audit.mine (id int)')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('what the ledger records', () => {
  test('is held from the receipt of the grant until the receipt that it is gone, with the account and the planned end', async () => {
    const ledger = openLedger(database.url);
    try {
      const request = await grantedIn(ledger);
      const read = () =>
        rows<Record<string, unknown>>('select * from audit.access where request_id = $1', [request]);
      const timesOf = async (kind: string) =>
        (await ledger.readTrail(request)).flatMap(({ event }) => (event.kind === kind ? [event.at] : []));
      const [held] = await read();
      expect(held).toMatchObject({
        ...{ person: 'ana', entitlement: 'orders-db', provider: 'fake', target_name: 'x', level: 'write' },
        ...{ account_id: 'id-1', account_name: 'ana', basis: 'granted', until: null },
      });
      expect([Number(held?.['since'])]).toEqual(await timesOf('granted'));
      const [lease] = await ledger.leasesOf(request);
      expect(Number(held?.['planned_end'])).toBe(lease?.endsAt);
      await revokedIn(ledger, request);
      const [over] = await read();
      expect([Number(over?.['until'])]).toEqual(await timesOf('revoked'));
    } finally {
      await ledger.close();
    }
  });

  test('a request that was approved and never granted is no access', async () => {
    const ledger = openLedger(database.url);
    try {
      const request = await approvedIn(ledger);
      await revokedIn(ledger, request);
      expect(await rows('select from audit.access where request_id = $1', [request])).toEqual([]);
    } finally {
      await ledger.close();
    }
  });
});

describe('docs/audit.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  const examples = [...page.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, sql = '']) => sql.trim());

  test('has examples', () => expect(examples.length).toBeGreaterThan(5));
  test.each(examples)('an auditor can run %j', async (sql) => {
    await expect(asAuditor(sql)).resolves.toEqual(expect.any(Array));
  });
});
