import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asAdmin, serverUrl } from '../../../test/ledger/database.fixture.ts';
import { rowsOf } from '../../../test/ledger/ledger.fixture.ts';
import { missingRoles } from '../../../app/login-check.ts';
import { migrate } from '../../../ledger/migrate.ts';
import { readLogin } from '../../../ledger/login.ts';
import { LEDGER_ROLES, roleName } from '../../../ledger/roles.ts';
import { letLoginAct, makeLedger } from '../../demo/ledger-database.ts';

let made: Awaited<ReturnType<typeof makeLedger>>;
beforeAll(async () => {
  await makeLedger(serverUrl(), 'first');
  made = await makeLedger(serverUrl(), 'it changed');
  await migrate(made.migrationUrl);
  await letLoginAct(made.migrationUrl);
  await letLoginAct(made.migrationUrl); // each start of the demo does it
});
afterAll(() =>
  asAdmin(async (admin) => {
    await admin.query('drop database if exists curfew with (force)');
    await admin.query('drop role if exists curfew_app');
  }),
);

test('the login of the demo may act as every role of Curfew, and has no other right (I20)', async () => {
  const [login] = await rowsOf<{ attributes: object; roles: readonly string[] }>(
    serverUrl(),
    `select to_jsonb(r) - 'oid' - 'rolname' - 'rolpassword' - 'rolvaliduntil' - 'rolconfig' as attributes,
            array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = r.oid order by 1) as roles
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
    roles: LEDGER_ROLES.map(roleName).toSorted(),
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

test('that login owns nothing, so the demo starts with it (T24)', async () => {
  expect(missingRoles(await readLogin(made.url, LEDGER_ROLES))).toBeUndefined();
});
