import { parseLeaseId, type Instant } from '../../core/ids.ts';
import type { Managed } from '../provider.ts';
import { withDb } from './connection.ts';
import { readMark } from './roles.ts';

type Listed = { name: string; until: string | null; comment: string | null; database: string };

/** The roles of leases in every configured database, with their ends. */
export async function listManaged(
  databases: Readonly<Record<string, string>>,
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

/** Roles belong to the server. Each is listed only for the database that its comment names. */
function managed({ name, until, comment, database }: Listed): Managed[] {
  const mark = readMark(comment);
  const lease = parseLeaseId(name.replace('curfew_', ''));
  if (!lease.ok || mark?.lease !== lease.value || mark.database !== database) return [];
  const end = until === null ? {} : { endsAt: Math.round(Number(until)) as Instant };
  return [{ lease: lease.value, subject: name, what: `role ${name}`, ...end }];
}
