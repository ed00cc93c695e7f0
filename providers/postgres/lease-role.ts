import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Intent, Receipt } from '../provider.ts';
import { inTransaction, otherLogin, tryLogin, type Db } from './connection.ts';
import { terminateSessions, disableLogin } from './door.ts';
import { dropRole } from './leftovers.ts';
import {
  admit,
  findRole,
  lockLease,
  markText,
  assertGrantableRole,
  quoted,
  roleName,
  timeText,
  type LeaseRole,
} from './roles.ts';
import { scramVerifier } from './scram.ts';
import type { PostgresTarget } from './target.ts';

/** Enough for a client and its pool, too few to wear a server down. */
export const CONNECTIONS = 5;

/** Makes the lease's role, or sets it right when it is there already. */
export async function createLeaseRole(
  db: Db,
  { lease, subject, target, endsAt, secret }: Intent<PostgresTarget>,
): Promise<Receipt> {
  if (!secret) throw new Fault('provider-refused', 'postgres: a login needs a secret');
  const verifier = pg.escapeLiteral(await scramVerifier(secret));
  const name = roleName(lease);
  await lockLease(db, lease);
  await assertGrantableRole(db, target.role);
  const before = await findRole(db, name, target.role);
  if (before && before.mark?.lease !== lease)
    throw new Fault('provider-refused', `postgres: a role ${name} is there and does not carry our mark`);

  const options = `login password ${verifier} valid until ${timeText(endsAt)} connection limit ${CONNECTIONS}`;
  await inTransaction(db, async () => {
    await db.query(`${before ? 'alter' : 'create'} role ${quoted(name)} with ${options}`);
    // A removal that broke off may have left us in the role, and through it with the role's privileges.
    if (before) await db.query(`revoke ${quoted(name)} from current_user`);
    await admit(db, name, target.role);
    const { rows } = await db.query<{ name: string }>('select current_database() as name');
    const mark = { curfew: 1, lease, person: subject.name, database: rows[0]?.name ?? '' } as const;
    await db.query(
      `comment on role ${quoted(name)} is ${markText({ ...mark, endsAt: new Date(endsAt).toISOString() })}`,
    );
  });

  const after = await findRole(db, name, target.role);
  if (!after?.canLogin || !after.member || after.until !== endsAt)
    throw new Fault('not-verified', `postgres: ${name} does not read back as written`);
  const until = new Date(endsAt).toISOString();
  return {
    level: 'present',
    seen: `role ${name} (oid ${after.oid}), member of ${target.role}, until ${until}`,
  };
}

/** Closes the door, ends what is open, hands over what was made and drops the role. */
export async function removeLeaseRole(
  db: Db,
  url: string,
  { lease, target }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const name = roleName(lease);
  await lockLease(db, lease);
  const role = await ownRole(db, lease, target);
  if (!role) return { level: 'none', seen: `no role ${name} of ours` };

  const sessions = await disableLogin(db, url, { name, role, group: target.role }, signal);
  const closed = await findRole(db, name, target.role);
  if (closed?.canLogin) throw new Fault('not-verified', `postgres: ${name} may still log in`);
  const notes = await dropRole(db, url, { name, role, owner: target.owner }, signal);

  const left = await findRole(db, name, target.role);
  if (left?.canLogin) throw new Fault('not-verified', `postgres: ${name} may log in again`);
  const seen = `${left ? `role ${name} cannot log in` : `no role ${name}`}; ${sessions} sessions were ended`;
  return { level: 'none', seen, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** The lease's role, when it carries our mark. A stranger of the same name is left alone. */
async function ownRole(db: Db, lease: LeaseId, { role }: PostgresTarget) {
  const found: LeaseRole | undefined = await findRole(db, roleName(lease), role);
  return found?.mark?.lease === lease ? found : undefined;
}

/** Ends the role's sessions and leaves its login; returns how many there were. */
export async function cutSessions(db: Db, { lease, target }: Intent<PostgresTarget>): Promise<number> {
  await lockLease(db, lease);
  const role = await ownRole(db, lease, target);
  return role ? terminateSessions(db, { name: roleName(lease), role }) : 0;
}

/**
 * The read-back that cannot lie: logging in is tried, and who gets in has no receipt. Without the secret it shows
 * only what a server shows that asks for none, and that is the one where a catalogue entry proves the least.
 */
export async function assertLoginRefused(
  url: string,
  { lease, secret = 'none' }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<void> {
  if ((await tryLogin(otherLogin(url, roleName(lease), secret), signal)) === 'in')
    throw new Fault('not-verified', `postgres: ${roleName(lease)} could still log in`);
}
