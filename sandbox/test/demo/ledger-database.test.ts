import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asAdmin, serverUrl } from '../../../test/ledger/database.fixture.ts';
import { rowsOf } from '../../../test/ledger/ledger.fixture.ts';
import { makeLedger } from '../../demo/ledger-database.ts';

let made: Awaited<ReturnType<typeof makeLedger>>;
beforeAll(async () => {
  await makeLedger(serverUrl(), 'first');
  made = await makeLedger(serverUrl(), 'it changed');
});
afterAll(() =>
  asAdmin(async (admin) => {
    await admin.query('drop database if exists curfew with (force)');
    await admin.query('drop role if exists curfew_app');
  }),
);

test('the login of the demo has the rights of the writer and no others (I20)', async () => {
  const [login] = await rowsOf<{ attributes: object; roles: readonly string[] }>(
    serverUrl(),
    `select to_jsonb(r) - 'oid' - 'rolname' - 'rolpassword' - 'rolvaliduntil' - 'rolconfig' as attributes,
            array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = r.oid) as roles
       from pg_roles r where rolname = 'curfew_app'`,
  );
  expect(login).toEqual({
    attributes: {
      rolsuper: false,
      rolinherit: true,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: true,
      rolreplication: false,
      rolbypassrls: false,
      rolconnlimit: -1,
    },
    roles: ['curfew_writer'],
  });
});

test('the demo writes as that login with the present password, and migrates as the superuser', async () => {
  const whoIs = async (url: string) =>
    (
      await rowsOf<{ login: string; name: string }>(
        url,
        'select session_user as login, current_database() as name',
      )
    )[0];
  expect(await whoIs(made.url)).toEqual({ login: 'curfew_app', name: 'curfew' });
  const { username } = new URL(serverUrl());
  expect(await whoIs(made.migrationUrl)).toEqual({ login: username, name: 'curfew' });
  expect(new URL(made.url).password).toBe(encodeURIComponent('it changed'));
});
