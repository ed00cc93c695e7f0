import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { explainWith } from '../explain.fixture.ts';
import { LEDGER_ROLES, roleName } from '../../ledger/roles.ts';

/** The address of the Postgres server of this test run. The global set-up starts the server. */
export const serverUrl = (): string => {
  const url = process.env['TEST_PG_URL'];
  if (!url) throw new Error('TEST_PG_URL is not set: run the tests through `npm test` or `npm run jest`');
  return url;
};

const TEMPLATE = 'curfew_template';
const APP = 'curfew_test_app';

/** Creates a migrated database for one test, as a copy of a template. The test must call `drop` at its end. */
export async function freshDatabase(): Promise<{
  /** Of the owner of the tables, who is a superuser. */
  url: string;
  /** Of a login that may act as every role of Curfew and owns nothing, as DATABASE_URL has it. */
  appUrl: string;
  drop: () => Promise<void>;
}> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock(71)');
    await makeTemplate(admin);
    await admin.query(`create database ${name} template ${TEMPLATE} strategy file_copy`);
    await admin.query('select pg_advisory_unlock(71)');
  });
  const url = urlOf(name);
  const forget = explainWith(`the events in the ledger ${name}`, () => eventLines(url));
  return {
    url,
    appUrl: Object.assign(new URL(url), { username: APP, password: 'app' }).href,
    async drop() {
      forget();
      await takeIdle(url)?.end();
      await asAdmin(async (admin) => void (await admin.query(`drop database ${name} with (force)`)));
    },
  };
}

/** One line for each event, in the order of their times. */
async function eventLines(url: string): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  await asAdmin(async (owner) => {
    const { rows } = await owner.query<{ line: string }>(
      `select concat_ws('  ', to_char(at at time zone 'UTC', 'HH24:MI:SS.MS'), right(request_id, 6), via, kind,
                        left((body - 'at' - 'kind')::text, 160)) as line
         from event order by at, request_id, seq`,
    );
    lines = rows.map(({ line }) => line);
  }, url);
  return lines;
}

/** Sets how far the ledger's clock is ahead of the machine's clock, in milliseconds, for this database only. */
export const shiftClock = (url: string, ms: number): Promise<void> =>
  setClock(url, `clock_timestamp() + ${Math.trunc(ms)} * interval '1 millisecond'`);

/** Stops the ledger's clock at a time, for this database only. `shiftClock(url, 0)` starts it again. */
export const stopClock = (url: string, at: number): Promise<void> =>
  setClock(url, `timestamptz '${new Date(at).toISOString()}'`);

const setClock = (url: string, time: string): Promise<void> =>
  asAdmin(async (owner) => {
    await owner.query(
      `create or replace function ledger_now() returns timestamptz language sql volatile as $$select ${time}$$`,
    );
  }, url);

async function makeTemplate(admin: pg.Client): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1 and datistemplate', [
    TEMPLATE,
  ]);
  if (rowCount) return;
  const { migrate } = await import('../../ledger/migrate.ts'); // Only the first test file of a run needs it.
  await admin.query(`drop database if exists ${TEMPLATE}`);
  await admin.query(`create database ${TEMPLATE}`);
  await migrate(urlOf(TEMPLATE));
  await admin.query(`drop role if exists ${APP}`);
  await admin.query(
    `create role ${APP} login password 'app' in role ${LEDGER_ROLES.map(roleName).join(', ')}`,
  );
  await admin.query(`alter database ${TEMPLATE} is_template true`);
}

/** Connections that nobody uses, by the address of the database. Each is kept for a moment, because a new one costs a server process. */
const idle = new Map<string, pg.Client>();
const IDLE_MS = 250;
const { setTimeout: realTimeout } = globalThis; // some tests replace the timers

/** Runs `work` as the superuser. Nothing of its session is left for the next one. */
export async function asAdmin(work: (admin: pg.Client) => Promise<void>, url = serverUrl()): Promise<void> {
  const admin = (await takeLive(url)) ?? (await connected(url));
  try {
    await work(admin);
    await admin.query('rollback'); // of a transaction that the test left open
    await admin.query('discard all');
  } catch (error) {
    await admin.end();
    throw error;
  }
  if (idle.has(url)) return admin.end();
  idle.set(url, admin);
  realTimeout(() => idle.get(url) === admin && void takeIdle(url)?.end(), IDLE_MS);
}

function takeIdle(url: string): pg.Client | undefined {
  const admin = idle.get(url);
  idle.delete(url);
  return admin;
}

/** The kept connection, unless a test ended it meanwhile. */
const takeLive = async (url: string): Promise<pg.Client | undefined> => {
  const admin = takeIdle(url);
  return admin?.query('select 1').then(
    () => admin,
    () => undefined,
  );
};

async function connected(url: string): Promise<pg.Client> {
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => idle.get(url) === admin && idle.delete(url)); // a test stopped the server
  await admin.connect();
  return admin;
}

const urlOf = (database: string): string => {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
};
