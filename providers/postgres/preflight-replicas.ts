import { messageOf } from '../../core/faults.ts';
import type { Permission } from '../provider.ts';
import type { Address } from './address.ts';
import { withDb, type Db } from './connection.ts';
import type { Database } from './databases.ts';
import { serverId } from './server-id.ts';
import { standbysOf } from './standbys.ts';

/** What was found at the named replicas. `standbys` is how many servers follow them. */
type Replicas = Readonly<{ permissions: readonly Permission[]; standbys: number }>;

/**
 * Whether Curfew can end access on each named replica, and how late: it must answer, be a standby, be one of this server, and
 * know Curfew's login.
 */
export async function checkReplicas(
  { address, replicas = [] }: Database,
  signal: AbortSignal,
): Promise<Replicas> {
  if (replicas.length === 0) return { permissions: [], standbys: 0 };
  const primary = await withDb(address, signal, readServer);
  const found = await Promise.all(replicas.map((replica) => checkReplica(replica, primary, signal)));
  return {
    permissions: found.flatMap(({ permissions }) => permissions),
    standbys: found.reduce((sum, { standbys }) => sum + standbys, 0),
  };
}

async function checkReplica(replica: Address, primary: Server, signal: AbortSignal): Promise<Replicas> {
  const where = `the read replica ${replica.host}:${replica.port}`;
  try {
    return await withDb(
      replica,
      signal,
      async (db) => ({
        permissions: findingsOfReplica(where, await readServer(db), primary),
        standbys: await standbysOf(db),
      }),
      'standby',
    );
  } catch (error) {
    return { permissions: [{ severity: 'missing', what: `${where} (${messageOf(error)})` }], standbys: 0 };
  }
}

/**
 * A server. `id` is the same for a primary and its replicas, and undefined where the server refuses to say it. The delays are
 * in milliseconds, and null where the server does not have the setting.
 */
type Server = Readonly<{
  id: string | undefined;
  me: string;
  maySignal: boolean;
  applyDelayMs: number | null;
  streamingDelayMs: number | null;
}>;

/**
 * What is wrong with a replica, and what its settings mean for an end
 * (https://www.postgresql.org/docs/current/runtime-config-replication.html#RUNTIME-CONFIG-REPLICATION-STANDBY).
 */
function findingsOfReplica(where: string, there: Server, primary: Server): readonly Permission[] {
  const { id, me, maySignal } = there;
  const [applyDelayMs, streamingDelayMs] = [there.applyDelayMs ?? 0, there.streamingDelayMs ?? 0];
  const missing = (what: string): Permission => ({ severity: 'missing', what });
  const unknown = (what: string): Permission => ({ severity: 'unknown', what });
  return [
    ...(id === undefined || primary.id === undefined
      ? [unknown(`whether ${where} is a replica of this server, because it refuses pg_control_system()`)]
      : id === primary.id
        ? []
        : [missing(`${where} is a replica of another server`)]),
    ...(me === primary.me || maySignal
      ? []
      : [missing(`${where}: membership in pg_signal_backend for ${me}, or the login of the primary there`)]),
    ...(applyDelayMs > 0
      ? [
          unknown(
            `how late an end is on ${where}: it shows each change ${seconds(applyDelayMs)} late (recovery_min_apply_delay). There is no receipt until then. Each attempt terminates the sessions of the lease there, and only the end of the password prevents a new one`,
          ),
        ]
      : []),
    ...(streamingDelayMs < 0
      ? [
          unknown(
            `how late an end is on ${where}: an open transaction there can stop every change for as long as it is open (max_standby_streaming_delay is -1). Curfew terminates a transaction of the lease at its end. While a transaction of somebody else is open, there is no receipt`,
          ),
        ]
      : streamingDelayMs > USUAL_DELAY_MS
        ? [
            unknown(
              `how late an end is on ${where}: an open transaction there can stop every change for ${seconds(streamingDelayMs)} (max_standby_streaming_delay). There is no receipt until then`,
            ),
          ]
        : []),
  ];
}

/** The default of max_standby_streaming_delay. */
const USUAL_DELAY_MS = 30_000;
const seconds = (ms: number): string => `${ms / 1_000} s`;

const SERVER = `
  select current_user::text as me,
         coalesce((select pg_has_role(current_user, s.oid, 'usage') from pg_roles s where s.rolname = 'pg_signal_backend'), false) as "maySignal",
         (select setting::int from pg_settings where name = 'recovery_min_apply_delay') as "applyDelayMs",
         (select setting::int from pg_settings where name = 'max_standby_streaming_delay') as "streamingDelayMs"`;

async function readServer(db: Db): Promise<Server> {
  const { rows } = await db.query<Omit<Server, 'id'>>(SERVER);
  const [settings] = rows;
  const none = { me: '', maySignal: false, applyDelayMs: null, streamingDelayMs: null };
  return { ...none, ...settings, id: await serverId(db) };
}
