import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Intent, Receipt } from '../provider.ts';
import { inTransaction, urlForLogin, tryLogin, type Db } from './connection.ts';
import { terminateSessions, disableLogin } from './disable-login.ts';
import { dropRole } from './leftovers.ts';
import {
  addMember,
  findRole,
  lockLease,
  markLiteral,
  membershipsOf,
  assertGrantableRole,
  quoted,
  roleName,
  timestampLiteral,
  type LeaseRole,
} from './roles.ts';
import { scramVerifier } from './scram.ts';
import type { PostgresTarget } from './target.ts';

/** Enough for a client and its connection pool, too few to overload a server. */
export const MAX_CONNECTIONS = 5;

/** Creates the lease's role, or corrects it when it already exists. */
export async function createLeaseRole(
  db: Db,
  { lease, target, endsAt, secret }: Intent<PostgresTarget>,
): Promise<Receipt> {
  if (!secret)
    throw new Fault(
      'provider-refused',
      'postgres: the login of a lease needs a password, and none was passed',
    );
  const verifier = pg.escapeLiteral(await scramVerifier(secret));
  const name = roleName(lease);
  await lockLease(db, lease);
  await assertGrantableRole(db, target.role);
  const before = await findRole(db, name, target.role);
  if (before && before.mark?.lease !== lease)
    throw new Fault(
      'provider-refused',
      `postgres: a role ${name} exists that Curfew did not create. Rename or drop it`,
    );

  const options = `login password ${verifier} valid until ${timestampLiteral(endsAt)} connection limit ${MAX_CONNECTIONS}`;
  await inTransaction(db, async () => {
    await db.query(`${before ? 'alter' : 'create'} role ${quoted(name)} with ${options}`);
    // After an interrupted revoke, Curfew's login may still be a member of the role and have its privileges.
    if (before) await db.query(`revoke ${quoted(name)} from current_user`);
    await addMember(db, name, target.role);
    const { rows } = await db.query<{ name: string }>('select current_database() as name');
    const mark = { curfew: 1, lease, database: rows[0]?.name ?? '' } as const;
    await db.query(`comment on role ${quoted(name)} is ${markLiteral(mark)}`);
  });

  const after = await findRole(db, name, target.role);
  if (!after?.canLogin || !after.member || after.validUntil !== endsAt)
    throw new Fault('not-verified', `postgres: the role ${name} does not read back as it was written`);
  const until = new Date(endsAt).toISOString();
  return {
    level: 'present',
    seen: `role ${name} (oid ${after.oid}) is a member of ${target.role} until ${until}`,
  };
}

/** Disables the login, terminates the sessions, reassigns what the person created and drops the role. */
export async function removeLeaseRole(
  db: Db,
  url: string,
  { lease, target }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const name = roleName(lease);
  await lockLease(db, lease);
  const role = await findOwnRole(db, lease, target);
  if (!role) return { level: 'none', seen: `no role ${name} that Curfew created` };

  const sessions = await disableLogin(db, url, { name, role }, signal);
  const disabled = await findRole(db, name, target.role);
  if (disabled?.canLogin) throw new Fault('not-verified', `postgres: the role ${name} may still log in`);
  const dropped = await dropRole(db, url, { name, role, owner: target.owner }, signal);

  const left = await findRole(db, name, target.role);
  if (left?.canLogin) throw new Fault('not-verified', `postgres: the role ${name} may log in again`);
  const groups = left ? await membershipsOf(db, left) : [];
  const notes =
    groups.length > 0
      ? [...dropped, `Somebody else made the role a member of ${groups.join(', ')}. Revoke that by hand.`]
      : dropped;
  const seen = `${left ? `role ${name} cannot log in` : `no role ${name}`}; ${sessions} sessions were terminated`;
  return {
    level: 'none',
    seen,
    ...(notes.length > 0 && { note: notes.join(' ') }),
    ...(role.canLogin && { lowered: true }),
  };
}

/** The lease's role, when it carries Curfew's mark. Another role of the same name is not touched. */
async function findOwnRole(db: Db, lease: LeaseId, { role }: PostgresTarget) {
  const found: LeaseRole | undefined = await findRole(db, roleName(lease), role);
  return found?.mark?.lease === lease ? found : undefined;
}

/** Terminates the role's sessions and leaves its login. Returns how many there were. */
export async function terminateLeaseSessions(
  db: Db,
  { lease, target }: Intent<PostgresTarget>,
): Promise<number> {
  await lockLease(db, lease);
  const role = await findOwnRole(db, lease, target);
  return role ? terminateSessions(db, { name: roleName(lease), role }) : 0;
}

/**
 * Verifies the revoke by a real login attempt. When the login succeeds, there is no receipt. Without the
 * password, the attempt succeeds only at a server that demands no password. At such a server, the role's entry in
 * the system catalogue proves the least.
 */
export async function assertLoginRefused(
  url: string,
  { lease, secret = 'none' }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<void> {
  if ((await tryLogin(urlForLogin(url, roleName(lease), secret), signal)) === 'accepted')
    throw new Fault('not-verified', `postgres: a test login as ${roleName(lease)} still succeeds`);
}
