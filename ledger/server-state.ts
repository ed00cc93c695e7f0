import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import { writeClick } from './clicks/clicks.ts';
import { EMPTY_QUEUE } from './hints.ts';
import { reachable, sessionAs } from './pool.ts';
import { roleName } from './roles.ts';

/** What all logins of the ledger's server share, and any of them can use up. */
export type ServerState = Readonly<{
  connections: Readonly<{ used: number; most: number; byLogin: readonly string[] }>;
  /** How full the queue of notifications is, from 0 to 1, why a hint fails now, and who holds the lock of NOTIFY. */
  notify: Readonly<{ usage: number; failure?: string; heldBy: readonly string[] }>;
  /** True when every login of the database can make large objects. */
  allowsLargeObjects: boolean;
  /** Why the server stores nothing new; undefined when it does. */
  writeFailure?: string;
}>;

/** A full disk has no room for so many bytes. What is written is rolled back. */
const WRITTEN_BYTES = 1_000_000;

/** Reads the state of the server over a connection of its own, as far as any login may see it. */
export const readServerState = (url: string): Promise<ServerState> =>
  reachable(async () => {
    const { connectionString, options } = sessionAs(url);
    const client = new pg.Client({
      connectionString,
      options: `${options} -c lock_timeout=${WAITS.hint.ms}ms`,
      connectionTimeoutMillis: WAITS.reachConnection.ms,
      query_timeout: WAITS.reachAnswer.ms,
      application_name: 'curfew',
    });
    client.on('error', () => undefined); // The next query fails.
    try {
      await client.connect();
      const { rows } = await client.query<Row>(QUERY);
      const { used = 0, most = 0, by_login = [], held_by = [], allows = false } = rows[0] ?? {};
      const writeFailure = await failureOf(() => writeAndForget(client));
      // While somebody holds the lock, the question how full the queue is may wait too.
      const usage = held_by.length > 0 ? 0 : await usageOf(client);
      const failure = await failureOf(() => client.query(`select pg_notify('curfew_doctor', '')`));
      return {
        connections: { used, most, byLogin: by_login },
        allowsLargeObjects: allows,
        notify: { usage, heldBy: held_by, ...(failure === undefined ? {} : { failure }) },
        ...(writeFailure === undefined ? {} : { writeFailure }),
      };
    } finally {
      await client.end().catch(() => undefined);
    }
  });

const failureOf = (work: () => Promise<unknown>): Promise<string | undefined> =>
  work().then(
    () => undefined,
    (error: Error) => error.message,
  );

/** Writes what an administrator at the command line may write, and rolls it back. */
async function writeAndForget(client: pg.Client): Promise<void> {
  const id = clickIdOf(uuidv7());
  const reason = randomBytes(WRITTEN_BYTES).toString('base64');
  await client.query(`begin; set local role ${roleName('cli')}`);
  try {
    await writeClick(
      { query: client.query.bind(client), hint: () => undefined },
      {
        ...{ id, request: requestIdOf(id), via: 'cli', account: 'doctor', person: null },
        ...{ kind: 'request', body: { entitlement: '', length: '', reason } },
      },
    );
  } finally {
    await client.query('rollback');
  }
}

async function usageOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ usage: number }>(EMPTY_QUEUE);
  return rows[0]?.usage ?? 0;
}

type Row = Readonly<{
  used: number;
  most: number;
  by_login: readonly string[];
  held_by: readonly string[];
  allows: boolean;
}>;

// An ordinary login sees whose a session is, and not what kind of session it is.
const QUERY = `
  select (select count(*) from pg_stat_activity where usename is not null and datname is not null) as used,
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0) as most,
         array(select usename || ' ' || count(*) from pg_stat_activity where usename is not null and datname is not null
                group by usename order by count(*) desc limit 3) as by_login,
         array(select distinct usename::text from pg_locks join pg_stat_activity using (pid)
                where locktype = 'object' and classid = 'pg_database'::regclass and objid = 0 and granted) as held_by,
         has_function_privilege('curfew_reader', 'lo_create(oid)', 'execute') as allows`;
