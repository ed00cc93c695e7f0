import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { Address } from './address.ts';
import { pooled, toFault } from './faults.ts';
import { type Db, serverVersionOf, withConnection } from './raw-connection.ts';

export type { Db } from './raw-connection.ts';

/** What the server at an address must be. */
export type Kind = 'primary' | 'standby';

/**
 * Opens a connection, runs `work` on it and closes it. When the signal fires, the socket is destroyed, and the
 * server rolls back what was not committed. A server of another kind is a fault: what a standby shows may be old, so it
 * proves nothing about the primary.
 */
export async function withDb<T>(
  address: Address,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
  kind: Kind = 'primary',
): Promise<T> {
  try {
    return await withPreparedConnection(address, signal, work, kind);
  } catch (error) {
    throw faultAt(address, error);
  }
}

const faultAt = ({ host, port }: Address, error: unknown): Fault =>
  Object.assign(toFault(error), { server: `${host}:${port}` });

const withPreparedConnection = <T>(
  address: Address,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
  kind: Kind,
): Promise<T> =>
  withConnection(address, signal, async (db) => {
    await prepare(db, kind);
    return work(db);
  });

// A role or a database can set `synchronous_commit`. With `off`, a crash of the server loses what was committed. With `on` and
// `remote_apply`, a commit waits for a standby, and other sessions do not see it meanwhile: a login that Curfew disables would
// still work, and a revoke would not see a login that Curfew creates. With `local`, a commit is on the disk of the primary
// (https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT).
const DURABLE = `pg_catalog.set_config('synchronous_commit', 'local', false)`;
// A person may have created functions and operators with names that Curfew's statements use. With their schema on the
// search path, those would run with the privileges of Curfew's login.
const FIRST_STATEMENT = `
  select pg_catalog.set_config('search_path', '', false), ${DURABLE}, pg_catalog.pg_backend_pid() as pid,
         pg_catalog.pg_is_in_recovery() as standby`;

/** The first version with this setting. An earlier server rejects it. */
const KNOWS_TRANSACTION_TIMEOUT = 17;
const NO_TRANSACTION_TIMEOUT = 'set transaction_timeout = 0;';

/** A pooler gives the client a process number of its own, for cancelling, and the server knows another one. */
async function prepare(db: Db, kind: Kind): Promise<void> {
  const server = await firstStatement(db);
  const { processID: told } = db as unknown as { processID: number | null };
  if (server && told && server.pid !== told) throw pooled();
  if (server?.standby && kind === 'primary')
    throw new Fault(
      'provider-unavailable',
      'postgres: the server at this address is a standby. Put the address of the primary into CURFEW_POSTGRES_TARGETS, or wait until a failover is over',
    );
  if (server?.standby === false && kind === 'standby')
    throw new Fault(
      'provider-unavailable',
      'postgres: the server is no standby any more. Put the address of the primary into CURFEW_POSTGRES_TARGETS, and that of a standby into CURFEW_POSTGRES_REPLICAS',
    );
}

type Server = Readonly<{ pid: number; standby: boolean }>;

async function firstStatement(db: Db): Promise<Server | undefined> {
  if (serverVersionOf(db) < KNOWS_TRANSACTION_TIMEOUT)
    return (await db.query<Server>(FIRST_STATEMENT)).rows[0];
  const both = await db.query<Server>(`${NO_TRANSACTION_TIMEOUT}${FIRST_STATEMENT}`);
  // The driver returns one result for each statement of a text (https://node-postgres.com/apis/result).
  return (both as unknown as readonly pg.QueryResult<Server>[])[1]?.rows[0];
}

/**
 * Whether the database refuses, and not the server: it does not exist, has too many connections, accepts none, or Curfew's login
 * has no CONNECT. The last three come from one routine of Postgres, which it names in its answer (the field `R`,
 * https://www.postgresql.org/docs/current/protocol-error-fields.html). The words depend on the language of the server.
 */
const isOfDatabase = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '3D000' || error.routine === 'CheckMyDatabase');

/**
 * A role belongs to the server, not to the database. When the database refuses the connection (it does not exist any more,
 * or its owner closed it), the role is removed from the database `postgres`.
 */
export async function withDbOrFallback<T>(
  address: Address,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
  kind: Kind = 'primary',
): Promise<T> {
  let isConnected = false;
  try {
    return await withPreparedConnection(
      address,
      signal,
      (db) => {
        isConnected = true;
        return work(db);
      },
      kind,
    );
  } catch (error) {
    if (isConnected || !isOfDatabase(error)) throw faultAt(address, error);
    return withDb({ ...address, database: 'postgres' }, signal, work, kind);
  }
}

export async function inTransaction<T>(db: Db, work: () => Promise<T>): Promise<T> {
  await db.query('begin');
  try {
    const value = await work();
    await db.query('commit');
    return value;
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}
