import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { openPool } from '../../ledger/pool.ts';
import { ana } from '../core/request/request.fixture.ts';
import { asAdmin, freshDatabase } from './database.fixture.ts';
import { newRequest, opening, rowsOf } from './ledger.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => void (database = await freshDatabase()));
afterAll(() => database?.drop());

const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(database.url, sql, values);

describe('the connections of the ledger', () => {
  test('act as the writer also when the address has options of its own, which stay in force', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c role=none -c timezone=Asia/Tokyo -c search_path=public,pg_temp');
    const pool = openPool(url.href, { max: 1, queryTimeoutMs: 5_000 });
    const { rows: found } = await pool.query(
      `select current_user::text as acts, current_setting('TimeZone') as zone, current_setting('search_path') as path`,
    );
    await pool.end();
    expect(found).toEqual([{ acts: 'curfew_writer', zone: 'UTC', path: 'public,pg_temp' }]);
  });

  test('a connection of a superuser acts as the writer, with its time zone, timeouts and keepalives', async () => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
    const setting = (name: string) => `current_setting('${name}') as "${name}"`;
    const names = [
      'TimeZone',
      'application_name',
      'statement_timeout',
      'idle_in_transaction_session_timeout',
      'lock_timeout',
      'tcp_keepalives_idle',
      'tcp_keepalives_interval',
      'tcp_keepalives_count',
    ];
    const { rows: found } = await pool.query(
      `select current_user::text as acts, session_user::text as login, ${names.map(setting).join(', ')}`,
    );
    await pool.end();
    expect(found).toEqual([
      {
        acts: 'curfew_writer',
        login: new URL(database.url).username,
        TimeZone: 'UTC',
        application_name: 'curfew',
        statement_timeout: '10s',
        idle_in_transaction_session_timeout: '10s',
        lock_timeout: '5s',
        tcp_keepalives_idle: '5',
        tcp_keepalives_interval: '5',
        tcp_keepalives_count: '3',
      },
    ]);
  });

  test('every row of the ledger is written by the writer, also when the login is a superuser (I20)', async () => {
    // The database refuses each row that another role writes.
    await asAdmin(async (owner) => {
      await owner.query(
        `create function only_writer() returns trigger language plpgsql as $$
         begin
           if current_user <> 'curfew_writer' then raise exception 'written by %', current_user; end if;
           return new;
         end $$;
         create trigger only_writer before insert or update on click for each row execute function only_writer();
         create trigger only_writer before insert or update on event for each row execute function only_writer();
         create trigger only_writer before insert or update on request for each row execute function only_writer();`,
      );
    }, database.url);
    const ledger = openLedger(database.url);
    try {
      const id = clickIdOf(uuidv7());
      const click = { id, request: requestIdOf(id), via: 'cli', account: 'ana', person: ana } as const;
      await ledger.writeClick({ ...click, kind: 'end', body: { digest: 'd1' } });
      expect(await ledger.readClick(id)).toMatchObject({ kind: 'end' });
      expect((await ledger.open(opening(newRequest()))).outcome.ok).toBe(true);
    } finally {
      await ledger.close();
    }
  });

  test('a login that has nothing but the role of the writer can use every part of the ledger', async () => {
    const login = `app_${uuidv7().slice(-12)}`;
    await asAdmin(async (admin) => {
      await admin.query(`create role ${login} login noinherit password 'p'; grant curfew_writer to ${login}`);
    });
    const url = new URL(database.url);
    [url.username, url.password] = [login, 'p'];
    const ledger: Ledger = openLedger(url.href);
    try {
      const id = newRequest();
      await ledger.open(opening(id));
      expect(await ledger.readTrail(id)).toHaveLength(2);
      expect((await ledger.takeNotifications(10)).map(({ request }) => request)).toContain(id);
      expect(await ledger.withLock('x', () => Promise.resolve('done'))).toBe('done');
    } finally {
      await ledger.close();
      await asAdmin(async (admin) => void (await admin.query(`drop role ${login}`)));
    }
  });
});

describe('the role of the writer', () => {
  const RIGHTS = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'];
  const ADD = ['select', 'insert'];
  const CHANGE = ['select', 'insert', 'update'];
  test.each([
    ['click', CHANGE],
    ['event', ADD],
    ['free_text', ADD],
    ['holding', CHANGE],
    ['lease', CHANGE],
    ['migration', []],
    ['outbox', CHANGE],
    ['posted_message', CHANGE],
    ['request', CHANGE],
    ['secret', CHANGE],
  ])('has exactly these rights on %s: %j (I20)', async (table, expected) => {
    const found = await rows<{ right: string }>(
      `select r as right from unnest($1::text[]) r
        where has_table_privilege('curfew_writer', $2::regclass, r)
           or has_any_column_privilege('curfew_writer', $2::regclass,
                case when r in ('select', 'insert', 'update', 'references') then r else 'select with grant option' end)`,
      [RIGHTS, table],
    );
    expect(found.map(({ right }) => right)).toEqual(expected);
  });

  test('cannot log in, is no administrator, belongs to no other role and owns nothing', async () => {
    expect(
      await rows(
        `select rolcanlogin or rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as special,
                exists (select from pg_auth_members m where m.member = r.oid) as member,
                exists (select from pg_class c where c.relowner = r.oid) as owner,
                has_schema_privilege(r.oid, 'public', 'create') as creates,
                has_schema_privilege(r.oid, 'public', 'usage') as reads
           from pg_roles r where rolname = 'curfew_writer'`,
      ),
    ).toEqual([{ special: false, member: false, owner: false, creates: false, reads: true }]);
  });

  test('everybody else has no right on any table', async () => {
    expect(
      await rows(
        `select c.relname, x.privilege_type from pg_class c, aclexplode(c.relacl) x
          where c.relnamespace = 'public'::regnamespace and x.grantee not in (c.relowner, 'curfew_writer'::regrole)`,
      ),
    ).toEqual([]);
  });
});
