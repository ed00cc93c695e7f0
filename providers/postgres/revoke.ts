import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import { changesByHand } from './by-hand.ts';
import { closeAccess } from './close-access.ts';
import type { Db } from './connection.ts';
import type { Database } from './databases.ts';
import { waitForStandbys } from './wait-for-standbys.ts';
import { assertLoginRefused } from './login.ts';
import { capitalised, roleName } from './names.ts';
import { findOwnRole, type LeaseRole } from './roles.ts';
import { standbysOf, unnamedStandbys } from './standbys.ts';
import type { PostgresTarget } from './target.ts';
import { tidyUp } from './tidy-up.ts';

/**
 * Ends the access of a lease, and then cleans up. The receipt says that the access is closed. What could not be cleaned up
 * yet, because somebody else locks it, is in `untidied`, and the same call does it later.
 */
export async function revokeLogin(
  db: Db,
  database: Database,
  intent: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { lease, secret } = intent;
  const { server } = intent.target;
  const closed = await closeAccess(db, database, { lease, server }, { signal, memberships: 'revoke' });
  const { role, wasOpen, sessions } = closed;
  const user = role?.name ?? roleName(lease);
  const proof = await assertLoginRefused(database.address, { user, password: secret }, signal);
  if (!role) {
    const unknown = await waitForStandbys(db);
    const ended = sessions === 0 ? '' : `${sessions} sessions were terminated; `;
    return {
      ...{ level: 'none', found: 'none', seen: `no role ${user} that Curfew created; ${ended}${proof}` },
      ...(unknown !== undefined && { note: unknown }),
    };
  }

  const standbys = unnamedStandbys((await standbysOf(db)) + closed.standbys, database);
  const { notes, untidied } = await tidyUp(db, database, { role, target: intent.target }, signal);
  const unknown = await waitForStandbys(db);
  const left = await findOwnRole(db, lease);
  if (untidied === undefined && left?.canLogin)
    throw new Fault('not-verified', `postgres: the role ${user} may log in again`);
  const stray = untidied === undefined && left && left.memberOf.length > 0 ? left.memberOf : [];
  const { target } = intent;
  const changes = changesByHand(role, {
    name: target.role,
    ...(target.oid !== undefined && { oid: target.oid }),
  });
  const said = [
    ...(changes.length > 0
      ? [`Somebody changed the role by hand before the revoke: ${changes.join('; ')}.`]
      : []),
    ...notes,
    ...(stray.length > 0
      ? [
          `Somebody else made the role a member of ${stray.map(({ name }) => name).join(', ')}. Revoke that by hand.`,
        ]
      : []),
    ...(standbys === undefined ? [] : [`${capitalised(standbys)}.`]),
    ...(unknown === undefined ? [] : [unknown]),
  ];
  return {
    level: 'none',
    found: wasOpen ? 'present' : 'none',
    seen: `${left ? `role ${user} cannot log in` : `no role ${user}`}; ${sessions} sessions were terminated; ${proof}`,
    ...(said.length > 0 && { note: said.join(' ') }),
    ...(isLess(left, role) && { lowered: true }),
    ...(untidied !== undefined && { untidied }),
  };
}

/** Whether the login or a membership that was there before the call is gone now. A membership may stay that somebody else gave. */
function isLess(left: LeaseRole | undefined, before: LeaseRole): boolean {
  const isGone = ({ oid }: Readonly<{ oid: string }>) => !left?.memberOf.some((group) => group.oid === oid);
  return (before.canLogin && !left?.canLogin) || before.memberOf.some(isGone);
}
