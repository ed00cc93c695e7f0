import type { Intent, OwnObject } from '../provider.ts';
import { changesByHand } from './by-hand.ts';
import type { Db } from './connection.ts';
import { findOwnRole } from './roles.ts';
import type { PostgresTarget } from './target.ts';

/** What is left of the role of a lease: `present` while somebody can log in with it and it has the privileges. It changes nothing. */
export async function readOwnRole(
  db: Db,
  { lease, target: { role: name, oid } }: Intent<PostgresTarget>,
): Promise<OwnObject> {
  const role = await findOwnRole(db, lease);
  if (!role?.canLogin) return { level: 'none' };
  const isIn = role.memberOf.some((group) => (oid === undefined ? group.name === name : group.oid === oid));
  const changes = changesByHand(role, { name, ...(oid === undefined ? {} : { oid }) });
  return {
    level: isIn ? 'present' : 'none',
    ...(changes.length > 0 && { changed: `Somebody changed the role by hand: ${changes.join('; ')}.` }),
  };
}
