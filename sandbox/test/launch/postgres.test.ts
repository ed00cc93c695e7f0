import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { makeHome } from '../../launch/home.ts';
import { startOf } from '../../launch/pids.ts';
import { hostBinaries, npmBinaries } from '../../launch/postgres-binaries.ts';
import { isReachable, postgresPlace } from '../../launch/postgres-place.ts';
import { launchPostgres } from '../../launch/postgres.ts';
import type { Postgres, PostgresOptions } from '../../launch/postgres.ts';
import { failureOf, otherProcess, temporaryHome } from './launch.fixture.ts';

const removals: (() => void)[] = [];
let home: string;
let running: Postgres[] = [];

beforeEach(() => {
  const made = temporaryHome();
  home = made.home;
  removals.push(made.remove);
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
});
afterAll(() => removals.forEach((remove) => remove()));

const versions = [
  ...(npmBinaries() ? [['npm', 18] as const] : []),
  ...hostBinaries()
    .slice(0, 1)
    .map(({ major }) => ['host', major] as const),
];

async function launch(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const started = await launchPostgres({ home, durable: true, binaries: 'npm', ...options });
  running.push(started);
  return started;
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

describe.each(versions)('the embedded Postgres from %s, version %i', (binaries, major) => {
  test('the data, the port and the password stay the same after a stop and after kill -9', async () => {
    const first = await launch({ binaries });
    await query(first.url, `create table kept as select 1 as one`);
    await first.stop();
    const second = await launch({ binaries });
    await query(second.url, `insert into kept values (2)`);
    process.kill(second.pid, 'SIGKILL');
    await second.stop();
    const third = await launch({ binaries });
    expect([second.url, third.url, third.version]).toEqual([first.url, first.url, major]);
    expect(await query(third.url, `select one from kept order by 1`)).toEqual([{ one: 1 }, { one: 2 }]);
  });

  test('the server listens on loopback only, requires its password and flushes to disk', async () => {
    const { url } = await launch({ binaries });
    const settings = `select current_setting('listen_addresses') as listens, current_setting('fsync') as fsync,
      current_setting('unix_socket_directories') as socket, current_setting('password_encryption') as password`;
    expect(await query(url, settings)).toEqual([
      { listens: '127.0.0.1', fsync: 'on', socket: '', password: 'scram-sha-256' },
    ]);
    const wrong = url.replace(/:[^:@]*@/, ':guess@');
    expect(String(await failureOf(query(wrong, 'select 1')))).toMatch(/password authentication failed/);
    expect(statSync(join(home, 'postgres.password')).mode & 0o777).toBe(0o600);
  });
});

describe('the embedded Postgres', () => {
  test('a server that still runs after its starter was killed is replaced by a new one', async () => {
    const starter = otherProcess(`
      import { launchPostgres } from 'launch/postgres.ts';
      const { pid } = await launchPostgres({ home: ${JSON.stringify(home)}, durable: true, binaries: 'npm' });
      console.log(pid);
      setInterval(() => {}, 1000);`);
    const orphan = Number(await starter.line);
    starter.child.kill('SIGKILL');
    await starter.ended;
    expect(startOf(orphan)).toBeDefined();
    const { url, pid } = await launch();
    expect(startOf(orphan)).toBeUndefined();
    expect(pid).not.toBe(orphan);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a server whose record in the home folder is lost is found by its own pid file and replaced', async () => {
    const first = await launch();
    writeFileSync(join(home, 'run', 'postgres.json'), 'lost');
    const second = await launch();
    expect(startOf(first.pid)).toBeUndefined();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('the server starts although its old pid now belongs to another program, which is not stopped', async () => {
    const first = await launch();
    const file = join(home, 'postgres', 'data', 'postmaster.pid');
    const record = readFileSync(file, 'utf8');
    await first.stop();
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const otherProgram = spawn('sleep', ['60'], user);
    writeFileSync(file, record.replace(/^\d+/, String(otherProgram.pid)));
    await launch();
    expect(otherProgram.exitCode).toBeNull();
    otherProgram.kill();
  });

  test('the error names the version that made the data when only other versions are installed', async () => {
    await (await launch()).stop();
    writeFileSync(join(home, 'postgres', 'data', 'PG_VERSION'), '14\n');
    const failure = await failureOf(launch());
    expect(failure).toMatchObject({
      code: 'wrong-version',
      where: join(home, 'postgres', 'data'),
    });
    expect(String(failure)).toMatch(/created by Postgres 14, and only 18 is installed/);
  });

  test('a database whose creation was interrupted is created again', async () => {
    makeHome(home);
    postgresPlace(join(home, 'postgres'));
    makeHome(join(home, 'postgres', 'draft'));
    const { url } = await launch();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(home, 'postgres', 'draft'))).toBe(false);
  });

  test('a given port that is taken is reported as port-in-use', async () => {
    const { url } = await launch();
    const port = Number(new URL(url).port);
    expect(await failureOf(launch({ name: 'second', port }))).toMatchObject({ code: 'port-in-use' });
  });

  test('a missing server program is reported as tool-missing', async () => {
    const failure = await failureOf(launch({ binaries: { bin: home } }));
    expect(failure).toMatchObject({ code: 'tool-missing' });
    expect(String(failure)).toContain('install Postgres');
  });
});

describe('root, whose Postgres runs as another user', () => {
  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot(
    'the files are kept in another folder when that user cannot reach the home folder, and are found again',
    () => {
      makeHome(home);
      chmodSync(home, 0o700); // as /root is
      const dir = join(home, 'postgres');
      const shared = `${home}-shared`;
      removals.push(temporaryAt(shared));
      expect(isReachable(home)).toBe(false);
      const place = postgresPlace(dir, shared);
      expect(lstatSync(dir).isSymbolicLink()).toBe(true);
      expect([place.startsWith(shared), isReachable(shared), statSync(place).uid]).toEqual([
        true,
        true,
        65534,
      ]);
      expect(postgresPlace(dir, shared)).toBe(place);
    },
  );
});

const temporaryAt = (path: string) => () => {
  spawn('rm', ['-rf', path]);
};
