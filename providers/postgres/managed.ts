import { parseLeaseId, type Instant } from '../../core/ids.ts';
import type { Managed } from '../provider.ts';
import { withDb } from './connection.ts';
import type { Database } from './databases.ts';
import { ANY_MARK, readMark } from './mark.ts';

type Listed = { name: string; until: string | null; comment: string | null; database: string };

/** The roles of leases in every configured database, with their ends. */
export async function listManaged(
  databases: ReadonlyMap<string, Database>,
  signal: AbortSignal,
): Promise<readonly Managed[]> {
  const lists = await Promise.all(
    [...databases.values()].map(({ address }) =>
      withDb(address, signal, async (db) => {
        const { rows } = await db.query<Listed>(
          `select r.rolname as name, extract(epoch from r.rolvaliduntil) * 1000 as until,
                  d.description as comment, current_database() as database
             from pg_roles r join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
            where starts_with(d.description, $1) order by 1`,
          [ANY_MARK],
        );
        return rows.flatMap(managed);
      }),
    ),
  );
  return lists.flat();
}

/** Roles belong to the server. Each is listed only for the database that its comment names. */
function managed({ name, until, comment, database }: Listed): Managed[] {
  const mark = readMark(comment);
  const lease = parseLeaseId(mark?.lease ?? '');
  if (!lease.ok || mark?.database !== database) return [];
  const end = until === null ? {} : { endsAt: Math.round(Number(until)) as Instant };
  return [{ lease: lease.value, subject: name, what: `role ${name}`, ...end }];
}
