/**
 * The access lists of every kind of object in the current database, and those of databases, tablespaces and parameters, which
 * belong to the server. `changed` is the transaction that last wrote the row. The row is also
 * written when something else of the object changes, such as by TRUNCATE. `class`, `object` and `part` are the object as
 * pg_shdepend names it.
 */
export const ACLS = `
  select c.oid::regclass::text as what, relacl as acl, xmin as changed, 'pg_class'::regclass::oid as class, c.oid as object, 0 as part
    from pg_class c where relacl is not null
  union all select format('%s(%s)', attrelid::regclass, attname), attacl, xmin, 'pg_class'::regclass, attrelid, attnum
    from pg_attribute where attacl is not null
  union all select p.oid::regprocedure::text, proacl, xmin, 'pg_proc'::regclass, oid, 0 from pg_proc p where proacl is not null
  union all select format('type %s', t.oid::regtype), typacl, xmin, 'pg_type'::regclass, oid, 0 from pg_type t where typacl is not null
  union all select format('schema %I', nspname), nspacl, xmin, 'pg_namespace'::regclass, oid, 0 from pg_namespace where nspacl is not null
  union all select format('large object %s', oid), lomacl, xmin, 'pg_largeobject'::regclass, oid, 0
    from pg_largeobject_metadata where lomacl is not null
  union all select format('foreign server %I', srvname), srvacl, xmin, 'pg_foreign_server'::regclass, oid, 0
    from pg_foreign_server where srvacl is not null
  union all select format('database %I', datname), datacl, xmin, 'pg_database'::regclass, oid, 0
    from pg_database where datacl is not null
  union all select format('foreign data wrapper %I', fdwname), fdwacl, xmin, 'pg_foreign_data_wrapper'::regclass, oid, 0
    from pg_foreign_data_wrapper where fdwacl is not null
  union all select format('language %I', lanname), lanacl, xmin, 'pg_language'::regclass, oid, 0 from pg_language where lanacl is not null
  union all select format('tablespace %I', spcname), spcacl, xmin, 'pg_tablespace'::regclass, oid, 0
    from pg_tablespace where spcacl is not null
  union all select format('parameter %s', parname), paracl, xmin, 'pg_parameter_acl'::regclass, oid, 0 from pg_parameter_acl`;

/** What roles grant on objects that do not exist yet (`alter default privileges`). */
export const DEFAULT_ACLS = `
  select format('future %s of %I%s',
           case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
                              when 'T' then 'types' when 'n' then 'schemas' else 'objects' end,
           pg_get_userbyid(defaclrole),
           coalesce((select format(' in schema %I', nspname) from pg_namespace n where n.oid = defaclnamespace), '')) as what,
         defaclacl as acl, xmin as changed, 'pg_default_acl'::regclass::oid as class, oid as object, 0 as part
    from pg_default_acl`;

/** Lines such as `SELECT on public.orders to everybody`, for the access lists of `acls` where `condition` holds. */
export const linesOf = (acls: string, condition: string): string => `
  select format('%s on %s to %s', string_agg(distinct a.privilege_type, ', '), granted.what, coalesce(g.rolname, 'everybody')) as what
    from (${acls}) granted, aclexplode(granted.acl) a left join pg_roles g on g.oid = a.grantee
   where ${condition} group by granted.what, g.rolname order by 1`;
