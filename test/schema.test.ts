import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { checksumProblems, migrate, MIGRATIONS } from '../ledger/migrate.ts';
import { LEDGER_ROLES, roleName } from '../ledger/roles.ts';
import { dumpSchema } from '../scripts/schema.ts';

const MAY_DELETE: Readonly<Record<string, readonly string[]>> = {
  gateway: ['delete unchecked_click'],
  worker: ['delete wake_up'],
  sequencer: ['delete log_gap'],
  console: ['delete console_session', 'delete console_sign_in'],
};

const SERVERS = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
] as const;

const made: { server: string; name: string }[] = [];
const folders: string[] = [];

async function emptyDatabase(server: string): Promise<string> {
  const name = `schema_${randomBytes(6).toString('hex')}`;
  await as(server, (client) => client.query(`create database ${name}`));
  made.push({ server, name });
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

async function as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  for (const { server, name } of made)
    await as(server, (client) => client.query(`drop database if exists ${name} with (force)`));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(SERVERS.filter(([, url]) => url !== undefined))('on Postgres %s', (_version, server = '') => {
  let url: string;
  beforeAll(async () => {
    url = await emptyDatabase(server);
    await migrate(url);
  });

  test('the migrations produce test/schema.sql; "npm run schema" writes it anew', async () => {
    const kept = readFileSync(resolve(import.meta.dirname, 'schema.sql'), 'utf8');
    expect(await dumpSchema(url)).toBe(kept);
  });

  test('test/schema.sql is complete: in an empty database it creates the same schema', async () => {
    const copy = await emptyDatabase(server);
    await as(copy, (client) =>
      client.query(readFileSync(resolve(import.meta.dirname, 'schema.sql'), 'utf8')),
    );
    expect(await dumpSchema(copy)).toBe(await dumpSchema(url));
  });

  test.each(LEDGER_ROLES)(
    'the %s may delete nothing but what it works off, and may truncate nothing (I20)',
    async (role) => {
      const { rows } = await as(url, (client) =>
        client.query<{ what: string }>(
          `select r || ' ' || c.relname as what from pg_class c, unnest(array['delete', 'truncate', 'references', 'trigger']) r
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, r) order by 1`,
          [roleName(role)],
        ),
      );
      expect(rows.map(({ what }) => what)).toEqual(MAY_DELETE[role] ?? []);
    },
  );

  test.each(LEDGER_ROLES)(
    'the %s has no right to update a whole table, so it cannot lock one (T43)',
    async (role) => {
      const { rows } = await as(url, (client) =>
        client.query(
          `select c.relname from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, 'update')`,
          [roleName(role)],
        ),
      );
      expect(rows).toEqual([]);
    },
  );

  test.each([
    ['update', `update event set via = 'cli'`],
    ['delete', 'delete from event'],
    ['truncate', 'truncate event'],
  ])('not even the owner may %s an event (I20)', async (_verb, sql) => {
    await as(url, async (client) => {
      await client.query(
        `insert into event values ('req_x', 0, 'open', 'requested', '{"kind":"requested"}', 'cli', now()) on conflict do nothing`,
      );
      await expect(client.query(sql)).rejects.toMatchObject({ code: 'CRF01' });
    });
  });

  test.each(LEDGER_ROLES)('the %s can make nothing, and cannot remove the triggers (I20)', async (role) => {
    await as(url, async (client) => {
      await client.query(`set role ${roleName(role)}`);
      await expect(client.query('create table mine (id int)')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('alter table event disable trigger all')).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  test('migrating again changes nothing', async () => {
    const before = await dumpSchema(url);
    expect(await migrate(url)).toEqual([]);
    expect(await dumpSchema(url)).toBe(before);
  });

  test('three processes that migrate at once apply each file once', async () => {
    const empty = await emptyDatabase(server);
    const script = `import { migrate } from './ledger/migrate.ts'; console.log(JSON.stringify(await migrate(process.argv[1])));`;
    const run = () => runScript(script, empty);
    const applied = await Promise.all([run(), run(), run()]);
    expect(applied.flat()).toEqual(sqlFiles().map((name) => name.replace(/\.sql$/, '')));
    expect(await dumpSchema(empty)).toBe(await dumpSchema(url));
  });

  test('a migration that fails says why, and leaves no connection and no part of the schema', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-migrations-'));
    folders.push(folder);
    cpSync(MIGRATIONS, folder, { recursive: true });
    const broken = 'create tabel misspelled (id int);\n';
    const name = `${String(sqlFiles().length + 1).padStart(4, '0')}_broken.sql`;
    writeFileSync(join(folder, name), broken);
    appendFileSync(
      join(folder, 'checksums.txt'),
      `${createHash('sha256').update(broken).digest('hex')}  ${name}\n`,
    );
    const empty = await emptyDatabase(server);
    const script = `import { migrate } from './ledger/migrate.ts';
      const why = await migrate(...process.argv.slice(1)).catch(({ message }) => message);
      const open = process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap');
      console.log(JSON.stringify({ why, open }));`;
    expect(await runScript(script, empty, folder)).toEqual({
      why: 'syntax error at or near "tabel"',
      open: [],
    });
    expect(await migrate(empty)).toHaveLength(sqlFiles().length);
  });

  test('a migration that was changed after its release is refused, and nothing is run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-migrations-'));
    folders.push(folder);
    cpSync(MIGRATIONS, folder, { recursive: true });
    appendFileSync(join(folder, sqlFiles()[0] ?? ''), '\ncreate table slipped_in (id int);\n');
    const empty = await emptyDatabase(server);
    await expect(migrate(empty, folder)).rejects.toThrow('is not the file that was released');
    const { rowCount } = await as(empty, (client) =>
      client.query(`select from pg_class where relnamespace = 'public'::regnamespace`),
    );
    expect(rowCount).toBe(0);
  });
});

/** Runs a script in a process of its own, and reads the JSON that it prints. */
async function runScript(script: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, ...args],
    { cwd: resolve(import.meta.dirname, '..') },
  );
  return JSON.parse(stdout);
}

const sqlFiles = () =>
  readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();

test('the checksums of the migrations hold', async () => {
  expect(await checksumProblems()).toEqual([]);
});

test('migrations are numbered from 0001 without a gap', () => {
  expect(sqlFiles().map((name) => /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])).toEqual(
    sqlFiles().map((_, index) => String(index + 1).padStart(4, '0')),
  );
});
