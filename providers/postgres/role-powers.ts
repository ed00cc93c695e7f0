import { ACLS } from './acls.ts';
import type { Db } from './connection.ts';
import { capitalised, shortList } from './names.ts';

/**
 * What lets the members of a role keep access, or give it to others, after their own end: what the role and the roles that it
 * is a member of own, what they may grant (`with grant option`), and which stored passwords they may read.
 */
export type Powers = Readonly<{
  owns: readonly string[];
  grants: readonly string[];
  reads: readonly string[];
}>;

/** The role `$1`, and the roles that it is a member of. */
const ITS_ROLES = `(select r.oid from pg_roles r where pg_has_role($1::oid, r.oid, 'member'))`;

const OWNS = `
  select case when s.dbid in (0, here.oid) then pg_describe_object(s.classid, s.objid, s.objsubid)
              else format('something in the database %I', d.datname) end as what
    from pg_shdepend s left join pg_database d on d.oid = s.dbid
         cross join (select oid from pg_database where datname = current_database()) here
   where s.refclassid = 'pg_authid'::regclass and s.refobjid in ${ITS_ROLES} and s.deptype = 'o'
   group by 1 order by 1`;

const MAY_GRANT = `
  select format('%s on %s', string_agg(distinct a.privilege_type, ', '), granted.what) as what
    from (${ACLS}) granted, aclexplode(granted.acl) a
   where a.is_grantable and a.grantee in ${ITS_ROLES} group by granted.what order by 1`;

/**
 * Only superusers may read these columns by default. Members of `pg_read_all_data` may too, because it gives SELECT on every
 * table, those of the system catalogue included.
 */
const MAY_READ = `
  select distinct secret.what
    from (values ('the password verifiers of every login (pg_authid)', 'pg_catalog.pg_authid', 'rolpassword'),
                 ('the password verifiers of every login (pg_authid)', 'pg_catalog.pg_shadow', 'passwd'),
                 ('the passwords for foreign servers (pg_user_mapping)', 'pg_catalog.pg_user_mapping', 'umoptions'),
                 ('the passwords of subscriptions (pg_subscription)', 'pg_catalog.pg_subscription', 'subconninfo')
         ) secret(what, relation, field), ${ITS_ROLES} its
   where has_column_privilege(its.oid, secret.relation, secret.field, 'select')
  union select 'the password of replication (primary_conninfo at a standby)' from pg_roles r
   where r.rolname = 'pg_read_all_settings' and r.oid in ${ITS_ROLES}
  union select format('files of the server (%s)', p.proname) from pg_proc p, ${ITS_ROLES} its
   where p.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(its.oid, p.oid, 'execute')
     and p.proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export')
   order by 1`;

/** It reads the current database, and from the others only whether the roles own something there. */
export async function powersOf(db: Db, oid: string): Promise<Powers> {
  const namesOf = async (sql: string) =>
    (await db.query<{ what: string }>(sql, [oid])).rows.map((row) => row.what);
  return {
    owns: await namesOf(OWNS),
    grants: await namesOf(MAY_GRANT),
    reads: await namesOf(MAY_READ),
  };
}

/** For people who decide about the role. Undefined when its members can give nothing to others and can read no password. */
export function warningOf(role: string, { owns, grants, reads }: Powers): string | undefined {
  const powers = [
    ...(owns.length > 0 ? [`owns ${shortList(owns)}`] : []),
    ...(grants.length > 0 ? [`may grant ${shortList(grants)}`] : []),
  ];
  const warnings = [
    ...(powers.length > 0
      ? [
          `the role "${role}" ${powers.join(', and ')}. Its members can give access to others that outlasts the lease. The receipt names what was changed`,
        ]
      : []),
    ...(reads.length > 0
      ? [
          `the role "${role}" may read ${shortList(reads)}. Its members can use a password that they find out there after the end`,
        ]
      : []),
  ];
  return warnings.length === 0
    ? undefined
    : warnings.map((text, index) => (index === 0 ? text : capitalised(text))).join('. ');
}
