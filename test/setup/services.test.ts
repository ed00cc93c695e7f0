import { describe, expect, test } from '@jest/globals';
import pg from 'pg';

/** The servers that every test file can use. A server that is missing on this machine is skipped, with the reason. */
describe('the servers that all test files share', () => {
  test.each([
    ['TEST_PG_URL', 18],
    ['TEST_PG15_URL', 15],
  ])('%s is the address of Postgres %i, with a superuser and without fsync', async (variable, major) => {
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

  test('TEST_TEMPORAL_ADDRESS is the address of a Temporal server on loopback', () => {
    expect(process.env['TEST_TEMPORAL_ADDRESS']).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
