import { Fault, messageOf } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Address } from './address.ts';
import { withDbOrFallback, type Db } from './connection.ts';
import { assertNoSessionWithoutRole } from './dropped-roles.ts';
import { sqlState } from './faults.ts';
import { findOwnRole, isOpen, type LeaseRole } from './roles.ts';
import { INSUFFICIENT_PRIVILEGE, terminateAll, terminateVisible } from './sessions.ts';
import { standbysOf } from './standbys.ts';

/** How long a replica may take, in one attempt, to show what the primary has written. */
const REPLAY_MS = 5_000;
const LOOK_AGAIN_S = 0.05;

/** `disabled` is the lease's role as the primary shows it, without login. Undefined when the primary has no such role. */
type Lease = Readonly<{ lease: LeaseId; disabled?: LeaseRole | undefined }>;

/** How many sessions were terminated on the replicas, and how many servers follow the replicas. */
type ClosedThere = Readonly<{ sessions: number; standbys: number }>;

/**
 * Ends the access on every named replica. A replica that does not answer, or whose system catalogue still lets the role log
 * in, is a fault: there is no receipt while somebody can log in there.
 */
export async function closeOnReplicas(
  replicas: readonly Address[],
  lease: Lease,
  signal: AbortSignal,
): Promise<ClosedThere> {
  const closed = await Promise.all(
    replicas.map((replica) =>
      withDbOrFallback(
        replica,
        signal,
        async (there) => ({ sessions: await closeThere(there, lease), standbys: await standbysOf(there) }),
        'standby',
      ).catch((error: unknown) => {
        throw stillOpen(replica, error);
      }),
    ),
  );
  return {
    sessions: closed.reduce((sum, { sessions }) => sum + sessions, 0),
    standbys: closed.reduce((sum, { standbys }) => sum + standbys, 0),
  };
}

const stillOpen = ({ host, port }: Address, error: unknown): Fault =>
  new Fault(
    'not-verified',
    `postgres: sessions of the role can still be open on the read replica ${host}:${port} (${messageOf(error)}). If this replica does not exist any more, take it out of CURFEW_POSTGRES_REPLICAS`,
  );

/**
 * Waits until the replica's own system catalogue shows that the role cannot log in, and then terminates its sessions. It
 * compares no positions of the write-ahead log: a reader of Amazon Aurora refuses those functions, and each attempt would
 * wait for a later position. Sessions are terminated before and while it waits, because an open transaction of the person can
 * stop the replay (`max_standby_streaming_delay = -1`), and then the catalogue would never show the change.
 */
async function closeThere(there: Db, { lease, disabled }: Lease): Promise<number> {
  const giveUpAt = performance.now() + REPLAY_MS;
  let terminated = 0;
  for (;;) {
    const shown = await findOwnRole(there, lease);
    if (isClosed(shown, disabled)) {
      if (shown) return terminated + (await terminateAll(there, shown));
      await assertNoSessionWithoutRole(there);
      return terminated;
    }
    if (shown) terminated += await terminateWhereAllowed(there, shown);
    if (performance.now() > giveUpAt) throw new Fault('not-verified', whyOpen(shown));
    await there.query('select pg_sleep($1)', [LOOK_AGAIN_S]);
  }
}

/**
 * A replica that does not show the role, while the primary does, has not yet replayed its creation. Later it would show a
 * role with a login. A membership that the primary still has is one that somebody else gave.
 */
function isClosed(shown: LeaseRole | undefined, disabled: LeaseRole | undefined): boolean {
  if (!disabled) return !shown || !isOpen(shown);
  const isLeft = ({ oid }: Readonly<{ oid: string }>) => disabled.memberOf.some((group) => group.oid === oid);
  return shown?.oid === disabled.oid && !shown.canLogin && shown.memberOf.every(isLeft);
}

const whyOpen = (shown: LeaseRole | undefined): string =>
  shown
    ? 'it does not show yet that the login was disabled'
    : 'it does not show yet that the login was created';

/** A replica that knows the role from before it was named may not know yet that Curfew may end its sessions. */
const terminateWhereAllowed = (there: Db, role: LeaseRole): Promise<number> =>
  terminateVisible(there, role).catch((error: unknown) => {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return 0;
  });
