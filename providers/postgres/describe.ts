import type { Description } from '../../core/target.ts';
import type { Database } from './databases.ts';
import { MAX_CONNECTIONS } from './lease-options.ts';
import { shortList } from './names.ts';
import type { PostgresTarget } from './target.ts';

/**
 * What a lease gives, and what of it can continue after the end, as far as the settings tell. `alsoOpens` are the other
 * configured databases of the same server.
 *
 * A login does not widen itself: a grant refuses a role that may create or grant roles (`entitlement-role.ts`). What a role owns, may
 * grant and may read is only known at the grant (`role-powers.ts`), because no server is asked here. With it the person can give
 * others access, and nothing more to themself. The card has a caution for it.
 */
export function describe(
  { database, role, owner }: PostgresTarget,
  { replicas, alsoOpens }: Readonly<{ replicas: Database['replicas']; alsoOpens: readonly string[] }>,
): Description {
  const examples = alsoOpens.length > 0 ? `, for example ${shortList(alsoOpens)}` : '';
  return {
    plain: `a personal login to the database ${database} with the privileges of the role ${role}`,
    permissions: [
      `member of role ${role}`,
      `at most ${MAX_CONNECTIONS} connections at a time`,
      `the login opens every database of this server to which PUBLIC may connect${examples}: there it has what everybody and ${role} have`,
    ],
    cautions: [
      `Curfew does not read before the grant what the role ${role} owns, may grant and may read. It can be enough to give others access that stays, or to find passwords that work after the end`,
    ],
    atEnd: [
      sessionsAtTheEnd(replicas),
      `what the login created belongs to ${owner === undefined ? 'a role without a login and without privileges' : `the role ${owner}`}`,
    ],
    widens: false,
  };
}

function sessionsAtTheEnd(replicas: Database['replicas']): string {
  if (replicas === undefined)
    return 'the sessions of the login on the primary are terminated; a session on a read replica can continue';
  return replicas.length === 0
    ? 'the sessions of the login are terminated; the server has no read replica'
    : 'the sessions of the login are terminated, also those on the read replicas';
}

/** How long a session can continue after the end, in milliseconds. Nobody ends one on a replica that Curfew does not know. */
export const residualSessionMs = (replicas: Database['replicas']): number =>
  replicas === undefined ? Infinity : 0;
