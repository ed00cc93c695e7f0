import pg from 'pg';

/** Makes the ledger's database, and the role that Curfew writes with. The superuser owns the tables and migrates. */
export async function makeLedger(
  superUrl: string,
  password: string,
): Promise<{ url: string; migrationUrl: string }> {
  const admin = new pg.Client({ connectionString: superUrl });
  await admin.connect();
  try {
    const make = async (sql: string, name: string, statement: string) => {
      if ((await admin.query(sql, [name])).rowCount === 0) await admin.query(statement);
    };
    const role = 'select from pg_roles where rolname = $1';
    await make(role, 'curfew_writer', 'create role curfew_writer nologin');
    await make(role, 'curfew_app', 'create role curfew_app login in role curfew_writer');
    await admin.query(`alter role curfew_app password ${pg.escapeLiteral(password)}`);
    await make('select from pg_database where datname = $1', 'curfew', 'create database curfew');
  } finally {
    await admin.end();
  }
  const url = new URL(superUrl);
  url.pathname = '/curfew';
  const migrationUrl = url.href;
  [url.username, url.password] = ['curfew_app', password];
  return { url: url.href, migrationUrl };
}
