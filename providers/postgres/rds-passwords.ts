import { Fault } from '../../core/faults.ts';
import type { Db } from './connection.ts';

/**
 * On Amazon RDS, only members of `rds_password` may set passwords while this parameter is on
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.RestrictPasswordMgmt.html).
 */
export const PASSWORDS_FORBIDDEN = `
  coalesce(current_setting('rds.restrict_password_commands', true) in ('on', 'true', '1'), false)
  and not exists (select from pg_roles p where p.rolname = 'rds_password' and pg_has_role(current_user, p.oid, 'member'))`;

export const whyPasswordsForbidden = (me: string): string =>
  `only members of rds_password may set passwords here (rds.restrict_password_commands is on). Run: grant rds_password to ${me}`;

export async function assertMaySetPasswords(db: Db): Promise<void> {
  const { rows } = await db.query<{ forbidden: boolean; me: string }>(
    `select ${PASSWORDS_FORBIDDEN} as forbidden, current_user::text as me`,
  );
  const [own] = rows;
  if (own?.forbidden) throw new Fault('provider-forbidden', `postgres: ${whyPasswordsForbidden(own.me)}`);
}
