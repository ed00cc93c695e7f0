import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Address, addressText, parseAddress } from '../../providers/postgres/address.ts';
import { postgresProvider, postgresRemover, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Intent, Remover } from '../../providers/provider.ts';
import { startPgProxy, type PgProxy } from '../faults/pg-proxy.fixture.ts';
import type { ProviderFixture } from './conformance.fixture.ts';

export type PostgresFixture = ProviderFixture<PostgresTarget> & {
  proxy: PgProxy;
  /** Runs SQL as superuser in the fixture's own database. */
  sql(text: string, values?: unknown[]): Promise<pg.QueryResultRow[]>;
  /** A new connection as the lease's role. */
  login(intent: Intent<PostgresTarget>): Promise<pg.Client>;
  names: { db: string; granter: string; readers: string; owner: string; reaper: string };
  /** What the reaper works with, with its own login. */
  remover: Remover<PostgresTarget>;
  /** The URL of the reaper's login. */
  reaperUrl: string;
  /** The URL of the provider's database without the proxy. */
  adminUrl: string;
};

const PASSWORD = 'granter-password';

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // some tests terminate the connection
  await client.connect();
  return client;
}

/** The address that a URL names. */
export function addressOf(url: string): Address {
  const address = parseAddress(url);
  if (!address.ok) throw new Error(`the address ${address.error}`);
  return address.value;
}

/** The same URL with other parts. */
export const withParts = (url: string, parts: Partial<Address>): string =>
  addressText({ ...addressOf(url), ...parts });

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
 * A new database with a table, an owner, an entitlement's role that may write, and a granter with exactly the
 * privileges that docs/providers/postgres.md requires. The provider is behind a fault proxy.
 *
 * @param server the URL of a superuser
 */
export async function postgresFixture(
  server: string,
  over: Partial<PostgresTarget> = {},
): Promise<PostgresFixture> {
  const suffix = randomBytes(5).toString('hex');
  const [db, granter, weakLogin, owner, reaper] = [
    `orders_${suffix}`,
    `granter_${suffix}`,
    `weak_${suffix}`,
    `owner_${suffix}`,
    `reaper_${suffix}`,
  ];
  const readers = `orders "readers'; ${suffix}`; // a name that breaks every statement that does not quote it
  const role = quoted(readers);
  const superuser = await connected(server);
  await superuser.query(
    `create role ${granter} login createrole password '${PASSWORD}';
     create role ${reaper} login createrole password '${PASSWORD}';
     create role ${weakLogin} login password '${PASSWORD}';
     create role ${owner}; create role ${role}; create role curfew_lease_by_hand_${suffix} login`,
  );
  // Since Postgres 16 a granter needs ADMIN OPTION and not the privileges. Before, CREATEROLE is enough.
  const { rows } = await superuser.query<{ v: number }>(
    "select current_setting('server_version_num')::int as v",
  );
  const letGrant = async (...roles: readonly string[]) => {
    if ((rows[0]?.v ?? 0) >= 160_000)
      await superuser.query(
        `grant ${roles.join(', ')} to ${granter} with admin option, inherit false, set false`,
      );
  };
  await letGrant(role, owner);
  await superuser.query(`create database ${db}`);
  const superUrl = withParts(server, { database: db });
  const database = await connected(superUrl);
  await database.query(
    `create table orders (id int); insert into orders values (7);
     grant select, insert on orders to ${role}; grant create, usage on schema public to ${role}, ${owner}`,
  );
  const adminUrl = withParts(superUrl, { user: granter, password: PASSWORD });
  const reaperUrl = withParts(superUrl, { user: reaper, password: PASSWORD });
  const { hostname, port } = new URL(server);
  const proxy = await startPgProxy(hostname, Number(port || 5432));
  const exists = async (name: string) =>
    (await superuser.query('select from pg_roles where rolname = $1', [name])).rowCount === 1;
  let nameOfDb = db;
  const readGranted = async ({ lease }: Intent<PostgresTarget>) =>
    (
      await superuser.query(
        `select rolcanlogin, rolvaliduntil, rolconnlimit,
                array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                       where m.member = r.oid order by 1) as groups
           from pg_roles r where rolname = $1`,
        [roleName(lease)],
      )
    ).rows;
  const deleteTarget = async () => {
    await database.query(`drop owned by ${role}`);
    await superuser.query(`drop role ${role}`);
  };
  const target: PostgresTarget = { database: 'orders', role: readers, owner, mode: 'login-role', ...over };
  return {
    provider: postgresProvider({
      databases: { orders: proxy.through(adminUrl) },
      replicas: { orders: [] },
      reaper,
    }),
    remover: postgresRemover({ databases: { orders: proxy.through(reaperUrl) }, replicas: { orders: [] } }),
    reaperUrl,
    underprivileged: postgresProvider({
      databases: { orders: withParts(superUrl, { user: weakLogin, password: PASSWORD }) },
    }),
    account: "ana@example.com'; drop role x; --",
    target,
    proxy,
    adminUrl,
    names: { db, granter, readers, owner, reaper },
    sql: async (text, values) => (await database.query<pg.QueryResultRow>(text, values)).rows,
    login: ({ lease, secret = '' }) =>
      connected(withParts(superUrl, { user: roleName(lease), password: secret })),
    vendor: {
      level: async ({ lease }) => ((await exists(roleName(lease))) ? 'present' : 'none'),
      everythingElse: async () => {
        const seen = await superuser.query(
          `select r.rolname, r.rolcanlogin, array(select g.rolname::text from pg_auth_members m
             join pg_roles g on g.oid = m.roleid
             where m.member = r.oid and g.rolname !~ '^curfew_' order by 1) as groups
             from pg_roles r where r.rolname like '%' || $1 order by 1`,
          [suffix],
        );
        return seen.rows;
      },
      renameTarget: async () => {
        await superuser.query(`alter role ${role} rename to renamed_${suffix}; create role ${role}`);
      },
      deleteTarget,
      recreateTarget: async () => {
        await deleteTarget();
        await superuser.query(`create role ${role}`);
        await letGrant(role);
      },
      // The server has no owner with a name. Curfew's address names the database.
      renameOwner: async () => {
        await database.end();
        await superuser.query(`alter database ${db} rename to renamed_${db}`);
        nameOfDb = `renamed_${db}`;
      },
      deleteGranted: async ({ lease }) => {
        await superuser.query(`drop role ${quoted(roleName(lease))}`);
      },
      grantAgain: async ({ lease }) => {
        const name = quoted(roleName(lease));
        await superuser.query(`alter role ${name} login; grant ${role} to ${name}`);
      },
      changeGranted: async (intent) => {
        const name = quoted(roleName(intent.lease));
        await superuser.query(
          `alter role ${name} valid until 'infinity' connection limit 9; grant ${owner} to ${name}`,
        );
        return readGranted(intent);
      },
      readGranted,
    },
    faults: {
      failNextWriteAfterApplying: () => void proxy.arm({ when: isCommit, act: 'drop-after' }),
      failNextWriteBeforeApplying: () => void proxy.arm({ when: isCommit, act: 'drop-before' }),
      ignoreNextWrite: () => void proxy.arm({ when: isCommit, act: 'rollback' }),
      throttleNextCall: () => void proxy.arm({ when: isCommit, act: 'too-many' }),
      conflictNextWrite: () =>
        void proxy.arm({ when: (sql) => /^(create|alter) role /.test(sql), act: 'deadlock' }),
      narrowCredential: async () => {
        await superuser.query(`alter role ${granter} nocreaterole`);
        return async () => void (await superuser.query(`alter role ${granter} createrole`));
      },
      beforeReadBack: (effect) =>
        void proxy.arm({ when: isCommit, act: 'pass' }).reached.then(() => {
          proxy.arm({ when: () => true, act: { after: effect } });
        }),
      hangNextCall: () => proxy.arm({ when: () => true, act: 'hang' }),
    },
    async stop() {
      await Promise.all([proxy.stop(), database.end()]);
      await superuser.query(`drop database if exists ${nameOfDb} with (force)`);
      const left = await superuser.query<{ rolname: string }>(
        `select rolname from pg_roles
          where rolname like '%' || $1 or shobj_description(oid, 'pg_authid') like '%' || $1 || '%'`,
        [suffix],
      );
      const names = left.rows.map(({ rolname }) => quoted(rolname));
      if (names.length > 0) await superuser.query(`drop role ${names.join(', ')}`);
      await superuser.end();
    },
  };
}

/** True while a session in the fixture's database has not said yet whose it is. */
export async function isSessionStarting({ sql }: Pick<PostgresFixture, 'sql'>): Promise<boolean> {
  const found = await sql(
    `select from pg_locks l
      where l.locktype = 'object' and l.classid = 'pg_database'::regclass
        and l.objid = (select oid from pg_database where datname = current_database())
        and not exists (select from pg_stat_activity a where a.pid = l.pid
                           and (a.usesysid is not null or a.backend_type <> 'client backend'))`,
  );
  return found.length > 0;
}

const isCommit = (sql: string): boolean => sql === 'commit';
