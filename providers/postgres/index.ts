import pg from 'pg';
import { Fault } from '../../core/errors.ts';
import { parseLeaseId, type Instant } from '../../core/ids.ts';
import type { Intent, Managed, Provider, Receipt } from '../provider.ts';
import { inTransaction, otherDatabase, otherLogin, withDb, type Db } from './connection.ts';
import { dropRole } from './leftovers.ts';
import { preflight } from './preflight.ts';
import {
  endSessions,
  findRole,
  joinSelf,
  lockLease,
  markText,
  needGroup,
  quoted,
  readMark,
  roleName,
  timeText,
  type LeaseRole,
} from './roles.ts';
import { scramVerifier } from './scram.ts';
import { parseTarget, type PostgresTarget } from './target.ts';

export type { PostgresTarget } from './target.ts';

/** `databases`: the name that targets use, and the URL of a login there that may make roles. */
export type PostgresDeps = Readonly<{ databases: Readonly<Record<string, string>> }>;

/** Enough for a client and its pool, too few to wear a server down. */
const CONNECTIONS = 5;

/**
 * Postgres: a login role made for the lease, whose password ends with it (class B). The person has no
 * account of their own there, so the subject is their name, and the role's comment carries it.
 */
export function postgresProvider({ databases }: PostgresDeps): Provider<PostgresTarget> {
  const urlOf = ({ database }: PostgresTarget): string => {
    const url = Object.hasOwn(databases, database) ? databases[database] : undefined;
    // Worth a retry: a removal must not be given up because somebody edited the configuration.
    if (url === undefined)
      throw new Fault('unknown-provider', `postgres: no database "${database}" is configured`);
    return url;
  };
  return {
    name: 'postgres',
    consistencyWindowMs: 0,
    rateBudget: 600,
    needsSecret: true,
    parseTarget: (json) => parseTarget(json, Object.keys(databases)),
    targetKey: ({ database, role }) => JSON.stringify([database, role]),
    ladder: () => ['none', 'present'],
    level: () => 'present',
    ownObject: () => true,
    enforcementClass: () => 'B',
    residualSessionMs: () => 0,
    describe: ({ database, role }) => ({
      plain: `a login of your own to the database ${database}, with what ${role} may do there`,
      permissions: [`member of role ${role}`, `at most ${CONNECTIONS} connections at a time`],
    }),
    async observe({ account, target }, signal) {
      await withDb(urlOf(target), signal, (db) => needGroup(db, target.role));
      return { subject: { id: account, name: account }, level: 'none' };
    },
    ensurePresent: async (intent, signal) => withDb(urlOf(intent.target), signal, (db) => give(db, intent)),
    ensureAbsent: async (intent, signal) => {
      const url = urlOf(intent.target);
      const receipt = await withAnyDb(url, signal, (db) => takeAway(db, url, intent, signal));
      await needClosedDoor(url, intent, signal);
      return receipt;
    },
    listManaged: (signal) => listManaged(databases, signal),
    cutSessions: async (intent, signal) => withAnyDb(urlOf(intent.target), signal, (db) => cut(db, intent)),
    preflight: (signal) => preflight(databases, signal),
  };
}

async function give(
  db: Db,
  { lease, subject, target, end, secret }: Intent<PostgresTarget>,
): Promise<Receipt> {
  if (!secret) throw new Fault('provider-refused', 'postgres: a login needs a secret');
  const verifier = pg.escapeLiteral(await scramVerifier(secret));
  const name = roleName(lease);
  await lockLease(db, lease);
  await needGroup(db, target.role);
  const before = await findRole(db, name, target.role);
  if (before && before.mark?.lease !== lease)
    throw new Fault('provider-refused', `postgres: a role ${name} is there and does not carry our mark`);

  const options = `login password ${verifier} valid until ${timeText(end)} connection limit ${CONNECTIONS}`;
  await inTransaction(db, async () => {
    await db.query(`${before ? 'alter' : 'create'} role ${quoted(name)} with ${options}`);
    // A removal that broke off may have left us in the role, and through it with the role's privileges.
    if (before) await db.query(`revoke ${quoted(name)} from current_user`);
    await db.query(`grant ${quoted(target.role)} to ${quoted(name)}`);
    const { rows } = await db.query<{ name: string }>('select current_database() as name');
    const mark = { curfew: 1, lease, person: subject.name, database: rows[0]?.name ?? '' } as const;
    await db.query(
      `comment on role ${quoted(name)} is ${markText({ ...mark, end: new Date(end).toISOString() })}`,
    );
  });

  const after = await findRole(db, name, target.role);
  if (!after?.canLogin || !after.member || after.until !== end)
    throw new Fault('not-verified', `postgres: ${name} does not read back as written`);
  const until = new Date(end).toISOString();
  return {
    level: 'present',
    seen: `role ${name} (oid ${after.oid}), member of ${target.role}, until ${until}`,
  };
}

async function takeAway(
  db: Db,
  url: string,
  { lease, target }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const name = roleName(lease);
  await lockLease(db, lease);
  const role = await ours(db, lease, target);
  if (!role) return { level: 'none', seen: `no role ${name} of ours` };

  // First the door, then the people inside: the other way round somebody could come in again.
  await inTransaction(db, async () => {
    await db.query(`alter role ${quoted(name)} with nologin password null connection limit 0`);
    if (role.member) await db.query(`revoke ${quoted(target.role)} from ${quoted(name)}`);
    await joinSelf(db, name);
  });
  const closed = await findRole(db, name, target.role);
  if (closed?.canLogin) throw new Fault('not-verified', `postgres: ${name} may still log in`);
  const sessions = await endSessions(db, role);
  const notes = await dropRole(db, url, { name, role, owner: target.owner ?? target.role }, signal);

  const left = await findRole(db, name, target.role);
  if (left?.canLogin) throw new Fault('not-verified', `postgres: ${name} may log in again`);
  const seen = `${left ? `role ${name} cannot log in` : `no role ${name}`}; ${sessions} sessions were ended`;
  return { level: 'none', seen, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** The lease's role, when it carries our mark. A stranger of the same name is left alone. */
async function ours(db: Db, lease: Intent<PostgresTarget>['lease'], { role }: PostgresTarget) {
  const found: LeaseRole | undefined = await findRole(db, roleName(lease), role);
  return found?.mark?.lease === lease ? found : undefined;
}

async function cut(db: Db, { lease, target }: Intent<PostgresTarget>): Promise<number> {
  await lockLease(db, lease);
  const role = await ours(db, lease, target);
  if (!role) return 0;
  // Ending a session takes the role's own privileges; ours for this moment only, and seen by nobody else.
  return inTransaction(db, async () => {
    await joinSelf(db, roleName(lease));
    const count = await endSessions(db, role);
    await db.query(`revoke ${quoted(roleName(lease))} from current_user`);
    return count;
  });
}

/** A role outlives the database it was made for: with that gone, we remove the role from `postgres`. */
async function withAnyDb<T>(url: string, signal: AbortSignal, work: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await withDb(url, signal, work);
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'target-missing')) throw error;
    return withDb(otherDatabase(url, 'postgres'), signal, work);
  }
}

/** The read-back that cannot lie: with the secret at hand, logging in is tried and must be refused. */
async function needClosedDoor(url: string, { lease, secret }: Intent<PostgresTarget>, signal: AbortSignal) {
  if (!secret) return;
  const opened = await withDb(otherLogin(url, roleName(lease), secret), signal, () =>
    Promise.resolve(true),
  ).catch(() => false);
  if (opened) throw new Fault('not-verified', `postgres: ${roleName(lease)} could still log in`);
}

type Listed = { name: string; until: string | null; comment: string | null; database: string };

async function listManaged(
  databases: PostgresDeps['databases'],
  signal: AbortSignal,
): Promise<readonly Managed[]> {
  const lists = await Promise.all(
    Object.values(databases).map((url) =>
      withDb(url, signal, async (db) => {
        const { rows } = await db.query<Listed>(
          `select rolname as name, extract(epoch from rolvaliduntil) * 1000 as until,
                  shobj_description(oid, 'pg_authid') as comment, current_database() as database
             from pg_roles where rolname ~ '^curfew_lease_' order by 1`,
        );
        return rows.flatMap(managed);
      }),
    ),
  );
  return lists.flat();
}

/** Roles are the server's; each is listed for the one database that its comment names. */
function managed({ name, until, comment, database }: Listed): Managed[] {
  const mark = readMark(comment);
  const lease = parseLeaseId(name.replace('curfew_', ''));
  if (!lease.ok || mark?.lease !== lease.value || mark.database !== database) return [];
  const end = until === null ? {} : { end: Math.round(Number(until)) as Instant };
  return [{ lease: lease.value, subject: mark.person, what: `role ${name}`, ...end }];
}
