import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { launchPostgres } from '../../sandbox/launch/postgres.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';

/** A login of the database server that has no right on the ledger and did not make it. */
export type Stranger = Readonly<{
  /** A session in the database `postgres`, or in the database of an address. */
  session(database?: string): Promise<pg.Client>;
  /** Holds the server's one lock of NOTIFY until `leave` is called. */
  jamNotify(): Promise<void>;
  /** Fills the server's one queue of notifications until it accepts no more. It stays full while the session that it returns lives. */
  fillNotify(): Promise<pg.Client>;
  /** Opens connections until the server refuses the next one, and then closes so many. */
  useUpConnections(free?: number): Promise<void>;
  /** Stores large objects in a database of the server, where every login may do so, until the disk has no room for one more. */
  fillWithLargeObjects(): Promise<void>;
  /** Keeps sorts open that are larger than their memory, until the disk has no room for one more. */
  fillWithTemporaryFiles(): Promise<void>;
  /** Takes advisory locks until the server has no memory for one more. Every database of the server shares it. */
  useUpLocks(): Promise<void>;
  /** Ends everything that the stranger does. */
  leave(): Promise<void>;
}>;

/** The pages of the queue of notifications: 128 megabytes, so that it is soon full. By default it has eight gigabytes. */
const PAGES = 16_384;

export type SharedServer = Readonly<{
  stranger: Stranger;
  /** Starts the server again, with the same files, if it went down. */
  ensureRuns(): Promise<void>;
  stop(): Promise<void>;
}>;

/** A server of its own: every database of a server feels what the stranger does. `home` has its files. */
export async function startSharedServer(
  given?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<SharedServer> {
  const home = given ?? (await mkdtemp(join(tmpdir(), 'curfew-stranger-')));
  const launch = () =>
    launchPostgres({
      home,
      durable: false,
      binaries: 'npm',
      settings: { max_notify_queue_pages: String(PAGES), max_connections: '60', ...settings },
    });
  let server = await launch();
  const before = process.env['TEST_PG_URL'];
  process.env['TEST_PG_URL'] = server.url;
  await asAdmin(async (admin) => void (await admin.query(`create role stranger login password 'stranger'`)));
  const stranger = strangerAt(server.url);
  return {
    stranger,
    async ensureRuns() {
      if (await isTrue('select true as is_true').catch(() => false)) return;
      await server.stop();
      server = await launch();
    },
    async stop() {
      await stranger.leave();
      process.env['TEST_PG_URL'] = before;
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function strangerAt(url: string): Stranger {
  const sessions = new Set<pg.Client>();
  let stopped: number | undefined;
  async function session(database = url): Promise<pg.Client> {
    const address = Object.assign(new URL(database), { username: 'stranger', password: 'stranger' });
    const client = new pg.Client({ connectionString: address.href, application_name: 'stranger' });
    client.on('error', () => undefined);
    await client.connect();
    sessions.add(client);
    return client;
  }
  return {
    session,
    async jamNotify() {
      const client = await session();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const pid = rows[0]?.pid ?? 0;
      await until('the stranger holds the lock of NOTIFY', async () => {
        const sending = client.query(messages(PAGES - 1_000)).catch(() => undefined);
        let isSent = false;
        void sending.then(() => (isSent = true));
        while (!isSent && !(await isTrue(HOLDS_LOCK))) continue;
        process.kill(pid, 'SIGSTOP');
        stopped = pid;
        if (await isTrue(HOLDS_LOCK)) return true;
        process.kill(pid, 'SIGCONT');
        return sending.then(() => false);
      });
    },
    async fillNotify() {
      const listener = await session();
      await listener.query('listen nobody');
      await listener.query('begin');
      await listener.query('select 1');
      const sender = await session();
      await until('the queue is full', () =>
        sender.query(messages(1_000)).then(
          () => false,
          (error: Error) => /too many notifications/.test(error.message),
        ),
      );
      return listener;
    },
    async useUpConnections(free = 0) {
      const opened: pg.Client[] = [];
      for (let isRefused = false; !isRefused;)
        await session().then(
          (client) => opened.push(client),
          () => (isRefused = true),
        );
      for (const client of opened.slice(0, free)) await client.end();
    },
    async fillWithLargeObjects() {
      const client = await session();
      await untilNoRoom((kilobytes) =>
        client.query('select lo_from_bytea(0, $1)', [randomBytes(kilobytes * 1024)]),
      );
    },
    async fillWithTemporaryFiles() {
      const client = await session();
      await client.query(`begin; set local work_mem = '64kB'`);
      let sorts = 0;
      await untilNoRoom(async (kilobytes) => {
        sorts += 1;
        await client.query('savepoint s');
        await client
          .query(
            `declare sort_${sorts} no scroll cursor for
               select n, repeat('a', 1000) from generate_series(1, ${kilobytes}) n order by n desc;
             fetch sort_${sorts}`,
          )
          .catch(async (error: Error) => {
            await client.query('rollback to s').catch(() => undefined);
            throw error;
          });
      });
    },
    async useUpLocks() {
      const client = await session();
      await until('there is no memory for one more lock', () =>
        client.query('select pg_advisory_lock(n) from generate_series(1, 1000000) n').then(
          () => false,
          (error: Error) => /out of shared memory/.test(error.message),
        ),
      );
    },
    async leave() {
      if (stopped !== undefined) process.kill(stopped, 'SIGCONT');
      stopped = undefined;
      const ending = [...sessions];
      sessions.clear();
      for (const pid of ending.flatMap(pidOf)) if (isRunning(pid)) process.kill(pid, 'SIGTERM');
      await Promise.all(ending.map((client) => client.end().catch(() => undefined)));
      await until('the stranger is gone', () =>
        isTrue(`select count(*) = 0 as is_true from pg_stat_activity where usename = 'stranger'`),
      );
      await emptyQueue();
    },
  };
}

/** The server may have no lock left for a statement that ends sessions, so their processes are ended. */
const pidOf = (client: pg.Client): number[] => {
  const { processID } = client as unknown as { processID: number | null };
  return processID === null ? [] : [processID];
};

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Stores less and less, each size until the server refuses it, or goes down because it cannot write its own log. */
async function untilNoRoom(store: (kilobytes: number) => Promise<unknown>): Promise<void> {
  for (let kilobytes = 16_384; kilobytes >= 128; kilobytes /= 2) {
    const failure = await failureOf(async () => {
      for (;;) await store(kilobytes);
    });
    if (!/No space left on device/.test(failure)) return;
  }
}

const failureOf = (work: () => Promise<never>): Promise<string> =>
  work().catch((error: Error) => error.message);

const messages = (count: number): string =>
  `select count(pg_notify('nobody', n || repeat('a', 7900))) from generate_series(1, ${count}) n`;

const emptyQueue = () =>
  until('the queue of NOTIFY is empty', () => isTrue('select pg_notification_queue_usage() = 0 as is_true'));

const HOLDS_LOCK = `
  select exists (select from pg_locks where locktype = 'object' and classid = 'pg_database'::regclass and objid = 0 and granted) as is_true`;

async function isTrue(sql: string): Promise<boolean> {
  let found = false;
  await asAdmin(async (admin) => {
    const { rows } = await admin.query<{ is_true: boolean }>(sql);
    found = rows[0]?.is_true ?? false;
  });
  return found;
}
