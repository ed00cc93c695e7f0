import { messageOf } from '../../core/faults.ts';
import type { Permission } from '../provider.ts';
import type { Address } from './address.ts';
import { withDb, type Db } from './connection.ts';
import type { Database } from './databases.ts';

/** Whether Curfew can end sessions on each named replica: it must answer, be a standby, and be one of this server. */
export async function checkReplicas(
  { address, replicas = [] }: Database,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  if (replicas.length === 0) return [];
  const primary = await withDb(address, signal, serverId);
  const found = await Promise.all(replicas.map((replica) => checkReplica(replica, primary, signal)));
  return found.flat();
}

async function checkReplica(
  replica: Address,
  primary: string | undefined,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const where = `the read replica ${replica.host}:${replica.port}`;
  try {
    const id = await withDb(replica, signal, serverId, 'standby');
    return id === primary ? [] : [{ severity: 'missing', what: `${where} is a replica of another server` }];
  } catch (error) {
    return [{ severity: 'missing', what: `${where} (${messageOf(error)})` }];
  }
}

/** A replica has the number of its primary (https://www.postgresql.org/docs/current/functions-info.html, pg_control_system). */
async function serverId(db: Db): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  );
  return rows[0]?.id;
}
