import pg from 'pg';
import { LEDGER_ROLES, roleName } from '../../ledger/roles.ts';

const LOGIN = 'curfew_app';

/** Makes the ledger's database, and the login of the demo. The superuser owns the tables and migrates. */
export async function makeLedger(
  superUrl: string,
  password: string,
): Promise<{ url: string; migrationUrl: string }> {
  await asSuperuser(superUrl, async (admin) => {
    const make = async (sql: string, name: string, statement: string) => {
      if ((await admin.query(sql, [name])).rowCount === 0) await admin.query(statement);
    };
    await make('select from pg_roles where rolname = $1', LOGIN, `create role ${LOGIN} login`);
    await admin.query(`alter role ${LOGIN} password ${pg.escapeLiteral(password)}`);
    await make('select from pg_database where datname = $1', 'curfew', 'create database curfew');
  });
  const url = new URL(superUrl);
  url.pathname = '/curfew';
  const migrationUrl = url.href;
  [url.username, url.password] = [LOGIN, password];
  return { url: url.href, migrationUrl };
}

/** Lets the login of the demo act as every role that the migration made: one process does everything. */
export const letLoginAct = (migrationUrl: string): Promise<void> =>
  asSuperuser(
    migrationUrl,
    async (admin) => void (await admin.query(`grant ${LEDGER_ROLES.map(roleName).join(', ')} to ${LOGIN}`)),
  );

async function asSuperuser(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
