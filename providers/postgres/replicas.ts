import { Fault, messageOf } from '../../core/faults.ts';
import type { Address } from './address.ts';
import { withDbOrFallback, type Db } from './connection.ts';
import type { LeaseRole } from './roles.ts';
import { terminateAll } from './sessions.ts';

/** How long a replica may take to show what the primary has written. */
const REPLAY_MS = 5_000;
const LOOK_AGAIN_S = 0.05;

/**
 * Terminates the role's sessions on every named replica. The role must be without login on the primary. Each replica first has
 * to show that, so that nobody can log in there afterwards. A replica that does not show it, or does not answer, is a
 * fault: there is no receipt while a session can be open there.
 *
 * @returns how many sessions were terminated
 */
export async function terminateOnReplicas(
  db: Db,
  replicas: readonly Address[],
  role: LeaseRole,
  signal: AbortSignal,
): Promise<number> {
  if (replicas.length === 0) return 0;
  const { rows } = await db.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
  const terminated = await Promise.all(
    replicas.map((replica) =>
      withDbOrFallback(
        replica,
        signal,
        async (there) => {
          await untilReplayed(there, rows[0]?.lsn ?? '');
          return terminateAll(there, role);
        },
        'standby',
      ).catch((error: unknown) => {
        throw stillOpen(replica, error);
      }),
    ),
  );
  return terminated.reduce((sum, count) => sum + count, 0);
}

const stillOpen = ({ host, port }: Address, error: unknown): Fault =>
  new Fault(
    'not-verified',
    `postgres: sessions of the role can still be open on the read replica ${host}:${port} (${messageOf(error)}). If this replica does not exist any more, take it out of CURFEW_POSTGRES_REPLICAS`,
  );

async function untilReplayed(replica: Db, lsn: string): Promise<void> {
  const giveUpAt = performance.now() + REPLAY_MS;
  for (;;) {
    const { rows } = await replica.query<{ replayed: boolean }>(
      'select pg_last_wal_replay_lsn() >= $1::pg_lsn as replayed',
      [lsn],
    );
    if (rows[0]?.replayed) return;
    if (performance.now() > giveUpAt)
      throw new Fault('not-verified', 'it does not show yet that the login was disabled');
    await replica.query('select pg_sleep($1)', [LOOK_AGAIN_S]);
  }
}
