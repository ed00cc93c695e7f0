import { ACLS, DEFAULT_ACLS, linesOf } from './acls.ts';
import type { Db } from './connection.ts';
import { shortList } from './names.ts';
import type { Role } from './roles.ts';

/** `since` is the number of the transaction that granted the lease. */
type Lease = Readonly<{ groups: readonly Role[]; since: string }>;

/** Row versions carry 32 bits of the transaction's number. `age` compares them, for two thousand million transactions. */
const RECENT = (changed: string): string => `age(${changed}) <= age($2::xid8::xid)`;
/** The entitlement's roles, and the roles that they are members of. */
const THEIR_ROLES = `(select r.oid from pg_roles r, unnest($1::oid[]) g where pg_has_role(g, r.oid, 'member'))`;

const CREATED = `
  select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend s
   where refclassid = 'pg_authid'::regclass and refobjid in ${THEIR_ROLES} and deptype = 'o' and classid <> 'pg_default_acl'::regclass
     and dbid in (0, (select oid from pg_database where datname = current_database())) and ${RECENT('s.xmin')}
   order by 1`;

/**
 * Postgres records when a role came into an access list, and not when everybody did, nor when a role that was there got more.
 * So this holds for a grant to a role that had nothing on the object when the lease began.
 */
const IS_FIRST_GRANT = `
  exists (select from pg_shdepend s
           where s.classid = granted.class and s.objid = granted.object and s.objsubid = granted.part and s.deptype = 'a'
             and s.refclassid = 'pg_authid'::regclass and s.refobjid = a.grantee and ${RECENT('s.xmin')}
             and s.dbid in (0, (select oid from pg_database where datname = current_database())))`;
const BY_THEM = `a.grantor in ${THEIR_ROLES} and a.grantee <> a.grantor and ${RECENT('granted.changed')}`;
const ALL_ACLS = `${ACLS} union all ${DEFAULT_ACLS}`;
const GRANTED = linesOf(ALL_ACLS, `${BY_THEM} and ${IS_FIRST_GRANT}`);
/** Something of these objects was changed since the grant. It may be the access list, or anything else. */
const MAY_BE_GRANTED = linesOf(ALL_ACLS, `${BY_THEM} and not ${IS_FIRST_GRANT}`);

/**
 * Code that other people run: functions, views and rules, triggers, the policies of row-level security, and the expressions of
 * tables (checks, defaults, indexes). Settings of a database hold for each session of it.
 */
const CODE = `
  select pg_describe_object('pg_proc'::regclass, p.oid, 0) as what from pg_proc p
   where proowner in ${THEIR_ROLES} and ${RECENT('p.xmin')}
  union select pg_describe_object('pg_rewrite'::regclass, w.oid, 0) from pg_rewrite w join pg_class c on c.oid = w.ev_class
   where relowner in ${THEIR_ROLES} and ${RECENT('w.xmin')}
  union select pg_describe_object('pg_trigger'::regclass, t.oid, 0) from pg_trigger t
   where not tgisinternal and ${RECENT('t.xmin')}
     and exists (select from unnest($1::oid[]) g where has_table_privilege(g, t.tgrelid, 'trigger'))
  union select pg_describe_object('pg_policy'::regclass, y.oid, 0) from pg_policy y join pg_class c on c.oid = y.polrelid
   where relowner in ${THEIR_ROLES} and ${RECENT('y.xmin')}
  union select pg_describe_object('pg_constraint'::regclass, k.oid, 0) from pg_constraint k join pg_class c on c.oid = k.conrelid
   where contype = 'c' and relowner in ${THEIR_ROLES} and ${RECENT('k.xmin')}
  union select pg_describe_object('pg_attrdef'::regclass, d.oid, 0) from pg_attrdef d join pg_class c on c.oid = d.adrelid
   where relowner in ${THEIR_ROLES} and ${RECENT('d.xmin')}
  union select pg_describe_object('pg_class'::regclass, i.indexrelid, 0) from pg_index i join pg_class c on c.oid = i.indrelid
   where (indexprs is not null or indpred is not null) and relowner in ${THEIR_ROLES} and ${RECENT('i.xmin')}
  union select format('settings of the database %I', datname) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
   where datdba in ${THEIR_ROLES} and ${RECENT('s.xmin')}
   order by 1`;

/**
 * What was changed in the current database since the grant with the rights of the entitlement's role. Postgres records such a
 * change as the role's own, so it cannot tell the person from another member of the role, nor from a superuser.
 *
 * @returns one sentence for each kind of change that was found
 */
export async function changesThroughRole(db: Db, { groups, since }: Lease): Promise<readonly string[]> {
  const through = groups.map(({ name }) => name).join(' and ');
  const lists = [
    [CREATED, `Owned by ${through} since the lease began`],
    [GRANTED, `Granted to others with the rights of ${through} since the lease began`],
    [
      MAY_BE_GRANTED,
      `May have been granted to others with the rights of ${through} since the lease began, or before`,
    ],
    [CODE, `Changed since the lease began, perhaps with the rights of ${through}`],
  ] as const;
  const sentences: string[] = [];
  for (const [sql, says] of lists) {
    const { rows } = await db.query<{ what: string }>(sql, [groups.map(({ oid }) => oid), since]);
    if (rows.length > 0) sentences.push(`${says}: ${shortList(rows.map(({ what }) => what))}.`);
  }
  return sentences.length === 0 ? [] : [...sentences, BY_WHOM];
}

const BY_WHOM =
  'Postgres does not record who did this: the person, another member or a superuser. Revoke by hand what must not stay.';
