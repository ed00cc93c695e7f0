import type { Description } from '../provider.ts';
import type { Database } from './databases.ts';
import { MAX_CONNECTIONS } from './lease-options.ts';
import type { PostgresTarget } from './target.ts';

/**
 * What a lease gives, and what of it can continue after the end, as far as the settings tell. `alsoOpens` are the other
 * configured databases of the same server. Undefined when the database is not configured.
 */
export function describe(
  { database, role }: PostgresTarget,
  { replicas, alsoOpens }: Readonly<{ replicas: Database['replicas']; alsoOpens: readonly string[] }>,
): Description {
  const examples = alsoOpens.length > 0 ? `, for example ${alsoOpens.join(' and ')}` : '';
  return {
    plain: `a personal login to the database ${database} with the privileges of the role ${role}`,
    permissions: [
      `member of role ${role}`,
      `at most ${MAX_CONNECTIONS} connections at a time`,
      `the login opens every database of this server to which PUBLIC may connect${examples}: there it has what everybody and ${role} have`,
      sessionsAtTheEnd(replicas),
    ],
  };
}

function sessionsAtTheEnd(replicas: Database['replicas']): string {
  if (replicas === undefined)
    return 'at the end its sessions on the primary are terminated; a session on a read replica can continue, because the settings do not say whether there are replicas';
  return replicas.length === 0
    ? 'at the end its sessions are terminated; the server has no read replica'
    : 'at the end its sessions are terminated, also those on the read replicas';
}

/** How long a session can continue after the end, in milliseconds. Nobody ends one on a replica that Curfew does not know. */
export const residualSessionMs = (replicas: Database['replicas']): number =>
  replicas === undefined ? Infinity : 0;
