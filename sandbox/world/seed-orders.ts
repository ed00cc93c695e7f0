import pg from 'pg';

/** Connection strings of the company's orders database. */
export type Orders = Readonly<{
  /** For the Postgres provider. Its login may create roles and is not a superuser. */
  granterUrl: string;
  /** For the reaper: its login may end what the granter made, and grant nothing. */
  reaperUrl: string;
  /** For the panel that shows who can log in. */
  readerUrl: string;
}>;

const DATABASE = 'orders';
const GRANTER = 'curfew_granter';
const REAPER = 'curfew_reaper';

/**
 * Creates the database, its roles and a few rows if they do not exist. `superUrl` is the connection string of
 * a superuser.
 */
export async function seedOrders(
  superUrl: string,
  password: string,
  reaperPassword: string = password,
): Promise<Orders> {
  const at = (database: string, login?: Readonly<{ username: string; password: string }>): string => {
    const url = new URL(superUrl);
    url.pathname = `/${database}`;
    return Object.assign(url, login).href;
  };
  await run(superUrl, async (db) => {
    for (const [role, options] of ROLES)
      if (!(await exists(db, 'select from pg_roles where rolname = $1', role)))
        await db.query(`create role ${role} ${options}`);
    await db.query(`alter role ${GRANTER} password ${pg.escapeLiteral(password)}`);
    await db.query(`alter role ${REAPER} password ${pg.escapeLiteral(reaperPassword)}`);
    await db.query(`grant orders_reader to ${GRANTER} with admin option`);
    if (!(await exists(db, 'select from pg_database where datname = $1', DATABASE)))
      await db.query(`create database ${DATABASE} owner orders_owner`);
  });
  await run(at(DATABASE), async (db) => void (await db.query(TABLES)));
  const granterUrl = at(DATABASE, { username: GRANTER, password });
  const reaperUrl = at(DATABASE, { username: REAPER, password: reaperPassword });
  return { granterUrl, reaperUrl, readerUrl: granterUrl };
}

const ROLES = [
  ['orders_owner', 'nologin'],
  ['orders_reader', 'nologin'],
  [GRANTER, 'login createrole'],
  [REAPER, 'login createrole'],
] as const;

const TABLES = `
  revoke connect on database ${DATABASE} from public;
  grant connect on database ${DATABASE} to orders_reader, ${GRANTER}, ${REAPER};
  set role orders_owner;
  create table if not exists customer (id int primary key, name text not null);
  create table if not exists orders (
    id int primary key, customer_id int not null references customer, item text not null, placed date not null,
    state text not null check (state in ('placed', 'packed', 'sent', 'stuck'))
  );
  insert into customer values (1, 'Miro Ltd'), (2, 'Harbour Books'), (3, 'Kestrel & Sons') on conflict do nothing;
  insert into orders values
    (4310, 1, 'desk lamp', date '2026-03-02', 'sent'),
    (4311, 2, 'reading lamp', date '2026-03-02', 'packed'),
    (4312, 3, 'lantern, brass', date '2026-03-03', 'stuck'),
    (4313, 1, 'bulbs, 12', date '2026-03-03', 'placed') on conflict do nothing;
  grant select on all tables in schema public to orders_reader;
  reset role;`;

const exists = async (db: pg.Client, sql: string, name: string): Promise<boolean> =>
  (await db.query(sql, [name])).rowCount === 1;

async function run(url: string, work: (db: pg.Client) => Promise<void>): Promise<void> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    await work(db);
  } finally {
    await db.end();
  }
}
