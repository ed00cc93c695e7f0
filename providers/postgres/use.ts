import type { Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import { withDbOrFallback, type Db } from './connection.ts';
import type { Database } from './databases.ts';
import { findOwnRole } from './roles.ts';
import { standbysOf } from './standbys.ts';
import { type EarlierReading, type ServerReading, STATEMENTS, useOf } from './use-facts.ts';
import { readSessions } from './use-sessions.ts';
import { readStatements } from './use-statements.ts';
import type { PostgresTarget } from './target.ts';

/** How many connections a reading opens at most: at each server one, and another one where the database refuses it. */
export const mostConnections = (databases: readonly Database[]): number =>
  2 * Math.max(1, ...databases.map(({ replicas = [] }) => 1 + replicas.length));

/**
 * The statements of the lease's role, and its sessions that are open now: how many, and when. It never reads what a statement says. The numbers
 * outlive the role, so they can be read after the revocation too, when an earlier reading has noted the oid.
 */
export async function readUse(
  { address, replicas = [] }: Database,
  query: UseQuery<PostgresTarget>,
  signal: AbortSignal,
): Promise<Use> {
  const before = query.mark === undefined ? undefined : (JSON.parse(query.mark) as EarlierReading);
  const primary = await withDbOrFallback(address, signal, async (db) => {
    const oid = before?.oid ?? (await findOwnRole(db, query.lease))?.oid;
    return oid === undefined ? undefined : { oid, seen: await seenOn(db, oid, query.target) };
  });
  if (!primary)
    return { kind: 'unknown', source: STATEMENTS, why: 'the role is gone, and no reading had noted its oid' };
  const { oid, seen } = primary;
  const others = await Promise.all(
    replicas.map((replica) =>
      withDbOrFallback(replica, signal, (db) => seenOn(db, oid, query.target), 'standby').catch(
        () => undefined,
      ),
    ),
  );
  return useOf(query, { oid, seen: [seen, ...others], before });
}

const seenOn = async (db: Db, oid: string, { role }: PostgresTarget): Promise<ServerReading> => ({
  statements: await readStatements(db, oid, role),
  sessions: await readSessions(db, oid),
  standbys: await standbysOf(db),
  mayWrite: await mayWriteTables(db, role),
});

/** Whether the entitlement's role may change a table of this database. Of a role that is gone, nothing is said. */
async function mayWriteTables(db: Db, role: string): Promise<boolean> {
  const { rows } = await db.query<{ may: boolean }>(
    `select exists (
       select from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace
        where r.rolname = $1 and c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
          and has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) as may`,
    [role],
  );
  return rows[0]?.may ?? false;
}
