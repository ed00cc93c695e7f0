import { parseLeaseId } from '../../core/ids.ts';
import type { FoundAccess, FoundPage } from '../provider.ts';
import type { Db } from './connection.ts';
import { grantableRole } from './entitlement-role.ts';
import { ANY_MARK, readMark } from './mark.ts';
import { serverId } from './server-id.ts';
import type { PostgresTarget } from './target.ts';

/** So many members are read at once. */
const PAGE = 200;

type Row = {
  oid: string;
  name: string;
  comment: string | null;
  isDirect: boolean;
  through: readonly string[] | null;
};

// A membership of Curfew's own logins is left out while it is no access: with neither INHERIT nor SET, as Postgres 16 and later has it for
// the creator of a role and for the reaper, and the granter's membership in the role of a lease, by which it ends the sessions. Before 16 a
// membership has no options and always gives both. A reaper that took the privileges of a lease is listed.
const GIVES = (option: string): string => `coalesce((to_jsonb(a)->>'${option}')::boolean, true)`;
const EDGES = `
    select a.roleid, a.member from pg_auth_members a join pg_roles r on r.oid = a.member
     where not (r.rolname in (current_user, $4) and not ${GIVES('inherit_option')} and not ${GIVES('set_option')})
       and not (r.rolname = current_user and exists (
             select from pg_shdescription d
              where d.classoid = 'pg_authid'::regclass and d.objoid = a.roleid and starts_with(d.description, $5)))`;

// `m` has each role that is a member, also through others. `through` are the members in between, by their names.
const MEMBERS = `
  with recursive edge (roleid, member) as (${EDGES}),
  m (oid, is_direct, through) as (
    select member, true, null::name from edge where roleid = $1::oid
    union
    select e.member, false, r.rolname from m join edge e on e.roleid = m.oid join pg_roles r on r.oid = m.oid)
  select r.oid::text, r.rolname as name, d.description as comment, bool_or(m.is_direct) as "isDirect",
         array_agg(distinct m.through::text) filter (where m.through is not null) as through
    from m join pg_roles r on r.oid = m.oid
         left join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
   where r.oid > $2::oid group by r.oid, r.rolname, d.description order by r.oid limit $3`;

/**
 * One page of the members of the entitlement's role, and of the roles that are members of those. A page begins after a role's number.
 * Superusers have every privilege without being members, and are not listed.
 */
export async function discover(
  db: Db,
  target: PostgresTarget,
  { after, reaper }: Readonly<{ after: string | undefined; reaper: string }>,
): Promise<FoundPage<PostgresTarget>> {
  const { oid } = await grantableRole(db, target);
  const server = await serverId(db);
  const { rows } = await db.query<Row>(MEMBERS, [oid, after ?? '0', PAGE + 1, reaper, ANY_MARK]);
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return {
    target: { ...target, oid, ...(server !== undefined && { server }) },
    accesses: rows.slice(0, PAGE).map((row) => accessOf(row, target)),
    ...(last && { next: last.oid }),
    calls: 1,
  };
}

function accessOf({ oid, name, comment, isDirect, through }: Row, target: PostgresTarget): FoundAccess {
  const mark = readMark(comment);
  const lease = parseLeaseId(mark?.lease ?? '');
  return {
    subject: { id: oid, name },
    level: isDirect ? 'present' : 'none',
    sources: (through ?? []).map((via) => ({
      kind: 'role',
      level: 'present',
      through: `as a member of the role ${via}`,
    })),
    ...(lease.ok && { lease: lease.value }),
    ...(!lease.ok && {
      whyNoRevoke: `Curfew did not create the role “${name}”. Run: REVOKE "${target.role}" FROM "${name}".`,
    }),
  };
}
