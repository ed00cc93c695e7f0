import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import { changesByHand } from './by-hand.ts';
import { inTransaction, type Db } from './connection.ts';
import { DEFAULT_REAPER, type Database } from './databases.ts';
import { grantableRole } from './entitlement-role.ts';
import { MAX_CONNECTIONS } from './lease-options.ts';
import { markLiteral } from './mark.ts';
import { quoted, roleName, timestampLiteral } from './names.ts';
import { letReaperEnd } from './reaper-role.ts';
import { addMember, findRole, givesAccess, grantToSelf, isMember, isOpen, lockLease } from './roles.ts';
import { scramVerifier } from './scram.ts';
import type { PostgresTarget } from './target.ts';

/**
 * Creates the lease's role, or corrects it when it already exists. A role that still gives the access and that somebody changed
 * by hand is left as it is, and the receipt says what was changed.
 */
export async function createLeaseRole(
  db: Db,
  { replicas = [], reaper = DEFAULT_REAPER }: Pick<Database, 'replicas' | 'reaper'>,
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
  const group = await grantableRole(db, target);
  const before = await findRole(db, lease);
  if (before && (before.mark?.lease !== lease || before.name !== name))
    throw new Fault(
      'provider-refused',
      before.mark?.lease === lease
        ? `postgres: somebody renamed the role of this lease to ${before.name}`
        : `postgres: a role ${name} exists that Curfew did not create. Rename or drop it`,
    );

  const changes = before && givesAccess(before, group) ? changesByHand(before, group) : [];
  if (before && changes.length > 0)
    return {
      level: 'present',
      found: 'present',
      seen: `role ${name} (oid ${before.oid}) is a member of ${group.name}`,
      note: `Somebody changed the role ${name} by hand, so it was left as it is: ${changes.join('; ')}.`,
    };

  const options = `login password ${verifier} valid until ${timestampLiteral(endsAt)} connection limit ${MAX_CONNECTIONS}`;
  await inTransaction(db, async () => {
    await db.query(`${before ? 'alter' : 'create'} role ${quoted(name)} with ${options}`);
    // After an interrupted revoke, Curfew's login may still be a member of the role and have its privileges.
    if (before) await db.query(`revoke ${quoted(name)} from current_user`);
    await addMember(db, name, group.name);
    await letReaperEnd(db, name, reaper);
    // A replica that knows this login then also lets Curfew end its sessions, before it shows any later change.
    if (replicas.length > 0) await grantToSelf(db, name);
    const { database, transaction } = await placeOf(db);
    const mark = {
      curfew: 1,
      lease,
      database,
      since: before?.mark?.since ?? transaction,
      until: endsAt,
    } as const;
    await db.query(`comment on role ${quoted(name)} is ${markLiteral(mark)}`);
    // A name can be that of another role by now. Only the oid says which role was granted.
    if (!isMember(await findRole(db, lease), group))
      throw new Fault('target-missing', `postgres: the role "${group.name}" was replaced during the grant`);
  });

  const after = await findRole(db, lease);
  if (!after || !givesAccess(after, group) || after.validUntil !== endsAt)
    throw new Fault('not-verified', `postgres: the role ${name} does not read back as it was written`);
  const until = new Date(endsAt).toISOString();
  return {
    level: 'present',
    found: before && isOpen(before) ? 'present' : 'none',
    seen: `role ${name} (oid ${after.oid}) is a member of ${group.name} until ${until}`,
  };
}

/** The database's own name, and the number of the current transaction. */
async function placeOf(db: Db): Promise<Readonly<{ database: string; transaction: string }>> {
  const { rows } = await db.query<{ database: string; transaction: string }>(
    'select current_database() as database, pg_current_xact_id()::text as transaction',
  );
  return rows[0] ?? { database: '', transaction: '' };
}
