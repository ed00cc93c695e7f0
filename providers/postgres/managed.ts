import { Fault } from '../../core/faults.ts';
import { parseLeaseId, type Instant } from '../../core/ids.ts';
import type { ManagedObject } from '../provider.ts';
import { toFault } from './faults.ts';
import { withDbOrFallback } from './connection.ts';
import type { Database } from './databases.ts';
import { ANY_MARK, readMark } from './mark.ts';

type Listed = { name: string; until: string | null; comment: string | null };

/**
 * The roles of leases in every configured database, with their ends. Throws when one of the databases cannot be read. With
 * `onFailure`, that database is passed to it, and the others are listed.
 */
export async function listManaged(
  databases: ReadonlyMap<string, Database>,
  signal: AbortSignal,
  onFailure?: (error: Fault) => void,
): Promise<readonly ManagedObject[]> {
  const lists = await Promise.all(
    [...databases.values()].map((database) =>
      rolesOf(database, signal).catch((error: unknown) => {
        if (!onFailure) throw error;
        const { code, message } = toFault(error);
        onFailure(new Fault(code, message.replace(/^[a-z-]+: postgres: /, `postgres: ${database.name}: `)));
        return [];
      }),
    ),
  );
  return lists.flat();
}

/** Also while the owner of the database keeps Curfew out of it, because roles belong to the server. */
const rolesOf = (
  { name: place, address }: Database,
  signal: AbortSignal,
): Promise<readonly ManagedObject[]> =>
  withDbOrFallback(address, signal, async (db) => {
    const { rows } = await db.query<Listed>(
      `select r.rolname as name, extract(epoch from r.rolvaliduntil) * 1000 as until,
                  d.description as comment
             from pg_roles r join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
            where starts_with(d.description, $1) order by 1`,
      [ANY_MARK],
    );
    return rows.flatMap((row) => managed(row, { place, database: address.database }));
  });

/** Roles belong to the server. Each is listed only for the database that its comment names. */
function managed(
  { name, until, comment }: Listed,
  { place, database }: Readonly<{ place: string; database: string }>,
): ManagedObject[] {
  const mark = readMark(comment);
  const lease = parseLeaseId(mark?.lease ?? '');
  if (!lease.ok || mark?.database !== database) return [];
  const end = until === null ? {} : { endsAt: Math.round(Number(until)) as Instant };
  return [{ lease: lease.value, subject: name, what: `role ${name}`, ...end, place }];
}
