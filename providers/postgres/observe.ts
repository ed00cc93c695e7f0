import type { Observation } from '../provider.ts';
import type { Db } from './connection.ts';
import type { Database } from './databases.ts';
import { grantableRole } from './entitlement-role.ts';
import { capitalised } from './names.ts';
import { assertMaySetPasswords } from './rds-passwords.ts';
import { powersOf, warningOf } from './role-powers.ts';
import { serverId } from './server-id.ts';
import { standbysBehind, standbysOf, unnamedStandbys } from './standbys.ts';
import type { PostgresTarget } from './target.ts';

/**
 * A lease's login is made for it, so the person has nothing before. The target gets the oid of its role and the number
 * of its server. The note warns of
 * what the lease lets people leave behind, and of standbys that Curfew does not know.
 */
export async function observe(
  db: Db,
  database: Database,
  { account, target }: Readonly<{ account: string; target: PostgresTarget }>,
  signal: AbortSignal,
): Promise<Observation<PostgresTarget>> {
  const { oid } = await grantableRole(db, target);
  await assertMaySetPasswords(db);
  const server = await serverId(db);
  const standbys = (await standbysOf(db)) + (await standbysBehind(database, signal));
  const warnings = [
    warningOf(target.role, await powersOf(db, oid)),
    unnamedStandbys(standbys, database),
  ].filter((warning) => warning !== undefined);
  return {
    subject: { id: account, name: account },
    level: 'none',
    sources: [],
    target: { ...target, oid, ...(server !== undefined && { server }) },
    ...(warnings.length > 0 && { note: `${warnings.map(capitalised).join('. ')}.` }),
  };
}
