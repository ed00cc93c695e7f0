import { describe, expect, test } from '@jest/globals';
import pg from 'pg';

/** The servers of the run, as every test file finds them; the absent ones are skipped with a reason. */
describe('the servers that a test run shares', () => {
  test.each([
    ['TEST_PG_URL', 18],
    ['TEST_PG15_URL', 15],
  ])('%s leads to a superuser on Postgres %i that never waits for the disk', async (variable, major) => {
    const url = process.env[variable];
    if (url === undefined) return console.warn(`skipped: ${variable} is not set`);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('fsync') as fsync,
              (select rolsuper from pg_roles where rolname = current_user) as super`,
    );
    await client.end();
    expect(rows).toEqual([{ major, fsync: 'off', super: true }]);
  });

  test('TEST_TEMPORAL_ADDRESS leads to a Temporal on loopback', () => {
    expect(process.env['TEST_TEMPORAL_ADDRESS']).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
