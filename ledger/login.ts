import pg from 'pg';
import { WAITS } from '../core/waits.ts';
import { reachable, sessionAs } from './pool.ts';
import { LEDGER_ROLES, type LedgerRole, roleName } from './roles.ts';

/** What a login of the ledger is. `missing` and `excess` are roles of duties that it should have, and should not have. */
export type Login = Readonly<{
  name: string;
  /** True when it owns the tables or the database, or can act as their owner. */
  isOwner: boolean;
  missing: readonly LedgerRole[];
  excess: readonly LedgerRole[];
}>;

/** Reads what the login of this address is, compared with what a process with these duties needs. */
export const readLogin = (url: string, duties: readonly LedgerRole[]): Promise<Login> =>
  reachable(async () => {
    const client = new pg.Client({
      ...sessionAs(url),
      connectionTimeoutMillis: WAITS.ledgerConnection.ms,
      query_timeout: WAITS.ledgerAnswer.ms,
      application_name: 'curfew',
    });
    client.on('error', () => undefined); // The next query fails.
    try {
      await client.connect();
      const { rows } = await client.query<Row>(QUERY, [LEDGER_ROLES.map(roleName)]);
      const { name, is_owner, roles } = rows[0] ?? { name: '', is_owner: false, roles: [] };
      const has = (role: LedgerRole) => roles.includes(roleName(role));
      return {
        name,
        isOwner: is_owner,
        missing: duties.filter((role) => !has(role)),
        excess: LEDGER_ROLES.filter((role) => has(role) && !duties.includes(role)),
      };
    } finally {
      await client.end().catch(() => undefined);
    }
  });

type Row = { name: string; is_owner: boolean; roles: readonly string[] };

// A superuser is a member of every role.
const QUERY = `
  select session_user::text as name,
         exists (select from pg_class c where c.relnamespace = 'public'::regnamespace
                    and pg_has_role(session_user, c.relowner, 'member'))
           or exists (select from pg_database d where d.datname = current_database()
                    and pg_has_role(session_user, d.datdba, 'member')) as is_owner,
         array(select r.rolname::text from pg_roles r
                where r.rolname = any ($1) and pg_has_role(session_user, r.oid, 'member')) as roles`;
