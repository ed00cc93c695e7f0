import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { launchPostgres } from '../sandbox/launch/postgres.ts';
import { migrate } from '../ledger/migrate.ts';

const FILE = 'test/schema.sql';

const HEADER = `-- What the migrations add up to. Written by "npm run schema" from the catalogue of a migrated
-- database, the same by every version of Postgres; test/schema.test.ts compares. The table "migration"
-- is node-pg-migrate's and left out.

-- The functions come before the tables that they read.
set check_function_bodies = off;
`;

// Of our own schema, and not of node-pg-migrate. Which partitions there are depends on the time.
const OURS = `c.relnamespace = 'public'::regnamespace and c.relname <> 'migration' and not c.relispartition`;

/** Each answers one column of statements, in the order in which they could be run. */
const PARTS: readonly (readonly [title: string, query: string])[] = [
  [
    'functions',
    `select pg_get_functiondef(p.oid) from pg_proc p
      where p.pronamespace = 'public'::regnamespace order by p.proname`,
  ],
  [
    'sequences',
    `select format('create sequence %I', c.relname) from pg_class c
      where ${OURS} and c.relkind = 'S'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i') order by c.relname`,
  ],
  [
    'tables',
    `select format(E'create table %I (\\n%s\\n)%s', c.relname, string_agg(format('  %I %s%s%s', a.attname,
              format_type(a.atttypid, a.atttypmod),
              case when a.attidentity = 'a' then ' generated always as identity'
                   when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                   when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
              case when a.attnotnull then ' not null' else '' end), E',\\n' order by a.attnum),
              coalesce(' partition by ' || pg_get_partkeydef(c.oid), ''))
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where ${OURS} and c.relkind in ('r', 'p') group by c.oid, c.relname order by c.relname`,
  ],
  [
    // Postgres 18 also lists "not null" as a constraint; the columns above say it already.
    'constraints',
    `select format('alter table %I add constraint %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
       from pg_constraint k join pg_class c on c.oid = k.conrelid
      where ${OURS} and k.contype <> 'n' order by k.contype = 'f', c.relname, k.conname`,
  ],
  [
    'indexes',
    `select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid
      where ${OURS} and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
      order by i.indexrelid::regclass::text collate "C"`,
  ],
  [
    // Before Postgres 16 the columns of a view have the name of their table, also where it has one table only.
    'views',
    `select format(E'create view %I as\n%s', c.relname, regexp_replace(pg_get_viewdef(c.oid),
              '\\m(' || (select string_agg(t.relname, '|') from pg_class t
                          where t.relnamespace = 'public'::regnamespace and t.relkind = 'r') || ')\\.', '', 'g'))
       from pg_class c where ${OURS} and c.relkind = 'v' order by c.relname`,
  ],
  [
    'triggers',
    `select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where ${OURS} and not t.tgisinternal order by c.relname, t.tgname`,
  ],
  [
    // Two versions of Postgres spell the query of a view differently, so its columns stand for it.
    'the schema audit',
    `select statement from (
       select 1 as part, 'create schema audit' as statement from pg_namespace where nspname = 'audit'
        union all
       (select 2, format('create view audit.%I as select %s', c.relname,
                  string_agg(format('null::%s as %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ' order by a.attnum))
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
         where c.relnamespace::regnamespace::text = 'audit' and c.relkind = 'v' group by c.relname)
        union all
       (select 3, pg_get_functiondef(p.oid) from pg_proc p
         where p.pronamespace::regnamespace::text = 'audit')) parts
      order by part, statement collate "C"`,
  ],
  [
    'policies',
    `select * from (
       select format('alter table %I enable row level security', c.relname)
         from pg_class c where ${OURS} and c.relrowsecurity order by c.relname) secured
      union all
     select * from (
       select format('create policy %I on %I for %s to %s%s%s', p.policyname, p.tablename, lower(p.cmd),
                array_to_string(array(select role from unnest(p.roles) role order by role), ', '),
                coalesce(' using (' || p.qual || ')', ''), coalesce(' with check (' || p.with_check || ')', ''))
         from pg_policies p where p.schemaname = 'public' order by p.tablename, p.policyname) policy`,
  ],
  [
    'rights',
    `select format('grant %s on %s to %I', string_agg(right_on, ', ' order by right_on), what, role)
       from (select lower(x.privilege_type), 'schema public', x.grantee::regrole::text
               from pg_namespace n, aclexplode(n.nspacl) x
              where n.nspname = 'public' and x.grantee not in (0, n.nspowner)
              union all
             select lower(x.privilege_type), format('%I', c.relname),
                    case when x.grantee = 0 then 'public' else x.grantee::regrole::text end
               from pg_class c, aclexplode(c.relacl) x
              where ${OURS} and c.relkind in ('r', 'p', 'S', 'v') and x.grantee <> c.relowner
              union all
             select format('%s (%s)', lower(x.privilege_type),
                           string_agg(quote_ident(a.attname), ', ' order by a.attnum)),
                    format('%I', c.relname), x.grantee::regrole::text
               from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
              where ${OURS} group by c.relname, x.privilege_type, x.grantee
              union all
             select lower(x.privilege_type), format('function %s', p.oid::regprocedure), x.grantee::regrole::text
               from pg_proc p, aclexplode(p.proacl) x
              where p.pronamespace::regnamespace::text in ('public', 'audit') and x.grantee not in (0, p.proowner)
              union all
             select lower(x.privilege_type), 'schema audit', x.grantee::regrole::text
               from pg_namespace n, aclexplode(n.nspacl) x
              where n.nspname = 'audit' and x.grantee not in (0, n.nspowner)
              union all
             select lower(x.privilege_type), format('audit.%I', c.relname), x.grantee::regrole::text
               from pg_class c, aclexplode(c.relacl) x
              where c.relnamespace::regnamespace::text = 'audit' and c.relkind = 'v' and x.grantee <> c.relowner
            ) as given (right_on, what, role)
      group by what, role order by what <> 'schema public', what collate "C", role`,
  ],
];

/** Spells the schema of the database at `url` as SQL: what two databases share, they spell alike. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const parts: string[] = [];
    for (const [title, query] of PARTS) {
      const { rows } = await client.query<[string]>({ text: query, rowMode: 'array' });
      parts.push(
        `\n-- ${title}\n\n${rows.map(([statement]) => `${statement.trimEnd().replace(/;$/, '')};\n`).join('\n')}`,
      );
    }
    return HEADER + parts.join('');
  } finally {
    await client.end();
  }
}

/** Migrates a server of its own, and writes down what came of it. */
async function write(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'curfew-schema-'));
  const server = await launchPostgres({ home, durable: false });
  try {
    await migrate(server.url);
    writeFileSync(FILE, await dumpSchema(server.url));
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await write();
