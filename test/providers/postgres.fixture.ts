import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { otherDatabase, otherLogin } from '../../providers/postgres/connection.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/roles.ts';
import type { Intent } from '../../providers/provider.ts';
import { startPgProxy, type PgProxy } from '../faults/pg-proxy.fixture.ts';
import type { Rig } from './conformance.fixture.ts';

export type PgRig = Rig<PostgresTarget> & {
  proxy: PgProxy;
  /** As superuser, in the rig's own database. */
  sql(text: string, values?: unknown[]): Promise<pg.QueryResultRow[]>;
  /** A new connection as the lease's role. */
  login(intent: Intent<PostgresTarget>): Promise<pg.Client>;
  names: { db: string; granter: string; readers: string; owner: string };
  /** What the rig's provider is given, straight and not by way of the proxy. */
  adminUrl: string;
};

const PASSWORD = 'granter-password';

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // to be terminated is what some are for
  await client.connect();
  return client;
}

/** Runs one statement on a connection of its own. */
export async function run(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResultRow[]> {
  const client = await connected(url);
  try {
    return (await client.query<pg.QueryResultRow>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A database of its own with a table, an owner, an entitlement's role that may write, and a granter with
 * exactly the rights that docs/providers/postgres.md asks for; the provider behind a fault proxy.
 *
 * @param server URL of a superuser
 */
export async function pgRig(server: string, over: Partial<PostgresTarget> = {}): Promise<PgRig> {
  const tag = randomBytes(5).toString('hex');
  const [db, granter, weak, owner] = [`orders_${tag}`, `granter_${tag}`, `weak_${tag}`, `owner_${tag}`];
  const readers = `orders "readers'; ${tag}`; // a hostile name, quoted everywhere or broken everywhere
  const role = quoted(readers);
  const root = await connected(server);
  await root.query(
    `create role ${granter} login createrole password '${PASSWORD}';
     create role ${weak} login password '${PASSWORD}';
     create role ${owner}; create role ${role}; create role curfew_lease_by_hand_${tag} login`,
  );
  // Since 16 a granter needs ADMIN OPTION, and not the privileges; before, CREATEROLE is enough.
  const { rows } = await root.query<{ v: number }>("select current_setting('server_version_num')::int as v");
  if ((rows[0]?.v ?? 0) >= 160_000)
    await root.query(`grant ${role}, ${owner} to ${granter} with admin option, inherit false, set false`);
  await root.query(`create database ${db}`);
  const superUrl = otherDatabase(server, db);
  const inside = await connected(superUrl);
  await inside.query(
    `create table orders (id int); insert into orders values (7);
     grant select, insert on orders to ${role}; grant create, usage on schema public to ${role}, ${owner}`,
  );
  const adminUrl = otherLogin(superUrl, granter, PASSWORD);
  const { hostname, port } = new URL(server);
  const proxy = await startPgProxy(hostname, Number(port || 5432));
  const exists = async (name: string) =>
    (await root.query('select from pg_roles where rolname = $1', [name])).rowCount === 1;
  const target: PostgresTarget = { database: 'orders', role: readers, owner, mode: 'login-role', ...over };
  return {
    provider: postgresProvider({ databases: { orders: proxy.through(adminUrl) } }),
    powerless: postgresProvider({ databases: { orders: otherLogin(superUrl, weak, PASSWORD) } }),
    account: "ana@example.com'; drop role x; --",
    target,
    proxy,
    adminUrl,
    names: { db, granter, readers, owner },
    sql: async (text, values) => (await inside.query<pg.QueryResultRow>(text, values)).rows,
    login: ({ lease, secret = '' }) => connected(otherLogin(superUrl, roleName(lease), secret)),
    world: {
      level: async ({ lease }) => ((await exists(roleName(lease))) ? 'present' : 'none'),
      others: async () => {
        const seen = await root.query(
          `select r.rolname, r.rolcanlogin, array(select g.rolname::text from pg_auth_members m
             join pg_roles g on g.oid = m.roleid
             where m.member = r.oid and g.rolname !~ '^curfew_' order by 1) as groups
             from pg_roles r where r.rolname like '%' || $1 order by 1`,
          [tag],
        );
        return seen.rows;
      },
      renameTarget: async () => {
        await root.query(`alter role ${role} rename to renamed_${tag}; create role ${role}`);
      },
      deleteTarget: async () => {
        await inside.query(`drop owned by ${role}`);
        await root.query(`drop role ${role}`);
      },
      deleteOurs: async ({ lease }) => {
        await root.query(`drop role ${quoted(roleName(lease))}`);
      },
    },
    trouble: {
      failNextWriteAfterApplying: () => void proxy.arm({ when: isCommit, act: 'drop-after' }),
      failNextWriteBeforeApplying: () => void proxy.arm({ when: isCommit, act: 'drop-before' }),
      swallowNextWrite: () => void proxy.arm({ when: isCommit, act: 'rollback' }),
      throttleNext: () => void proxy.arm({ when: isCommit, act: 'too-many' }),
      hangNext: () => proxy.arm({ when: () => true, act: 'hang' }),
    },
    async stop() {
      await Promise.all([proxy.stop(), inside.end()]);
      await root.query(`drop database if exists ${db} with (force)`);
      const left = await root.query<{ rolname: string }>(
        `select rolname from pg_roles
          where rolname like '%' || $1 or shobj_description(oid, 'pg_authid') like '%' || $1 || '%'`,
        [tag],
      );
      const names = left.rows.map(({ rolname }) => quoted(rolname));
      if (names.length > 0) await root.query(`drop role ${names.join(', ')}`);
      await root.end();
    },
  };
}

const isCommit = (sql: string): boolean => sql === 'commit';
