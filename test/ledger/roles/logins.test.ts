import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { checkLogin, missingRoles } from '../../../app/login-check.ts';
import { migrate } from '../../../ledger/migrate.ts';
import { openLedger } from '../../../ledger/index.ts';
import { type Login, readLogin } from '../../../ledger/login.ts';
import { LEDGER_ROLES, roleName } from '../../../ledger/roles.ts';
import { startPgProxy } from '../../faults/pg-proxy.fixture.ts';
import { until } from '../../until.fixture.ts';
import { asAdmin, serverUrl } from '../database.fixture.ts';
import { rowsOf } from '../ledger.fixture.ts';

// A database that was migrated itself. A copy of one does not have the rights on the database.
const name = `logins_${randomBytes(5).toString('hex')}`;
const made: string[] = [];
const urlOf = (user: string): string =>
  Object.assign(new URL(serverUrl()), { pathname: `/${name}`, username: user, password: 'x' }).href;
const ownerUrl = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;

/** Makes a login. `sql` is the rest of the statement. */
async function login(sql: string): Promise<string> {
  const user = `${name}_${made.length}`;
  made.push(user);
  await asAdmin(async (admin) => void (await admin.query(`create role ${user} login password 'x' ${sql}`)));
  return user;
}

beforeAll(async () => {
  await asAdmin(async (admin) => void (await admin.query(`create database ${name}`)));
  await migrate(ownerUrl);
});
afterAll(() =>
  asAdmin(async (admin) => {
    await admin.query(`drop database if exists ${name} with (force)`);
    for (const user of made.toReversed()) await admin.query(`drop role if exists ${user}`);
  }),
);

describe('who may connect to the database of the ledger', () => {
  const connect = async (user: string) => {
    const client = new pg.Client({ connectionString: urlOf(user) });
    try {
      await client.connect();
    } finally {
      await client.end();
    }
  };

  test('a login of the server without a role of Curfew may not, so it holds no lock there (T43)', async () => {
    await expect(connect(await login(''))).rejects.toMatchObject({ code: '42501' });
  });

  test.each(LEDGER_ROLES)('a login in the role of the %s may, and acts as it', async (role) => {
    const user = await login(`in role ${roleName(role)}`);
    await connect(user);
    const ledger = openLedger(urlOf(user), { role });
    expect(await ledger.now()).toEqual(expect.any(Number));
    await ledger.close();
  });

  test('a login in the role of the gateway may not act as the worker', async () => {
    const ledger = openLedger(urlOf(await login('in role curfew_gateway')), { role: 'worker' });
    await expect(ledger.now()).rejects.toThrow('permission denied to set role');
    await ledger.close();
  });
});

describe('the login of a process', () => {
  test('that is a superuser counts as the owner', async () => {
    expect(await readLogin(ownerUrl, ['worker'])).toMatchObject({ isOwner: true, missing: [] });
  });

  test('that may act as the owner counts as the owner, and so does the owner of the database', async () => {
    const owner = await login('');
    const deputy = await login(`in role ${owner}, curfew_worker`);
    const withoutItsRights = await login(`noinherit in role ${owner}`); // SET ROLE makes it the owner.
    await asAdmin(async (admin) => {
      await admin.query(`alter database ${name} owner to ${owner}`);
      await admin.query(`grant connect on database ${name} to ${withoutItsRights}`);
    });
    try {
      for (const user of [owner, deputy, withoutItsRights])
        expect(await readLogin(urlOf(user), [])).toMatchObject({ name: user, isOwner: true });
    } finally {
      await asAdmin(async (admin) => {
        await admin.query(`alter database ${name} owner to current_user`);
      });
    }
  });

  test('is compared with the roles that it needs', async () => {
    const user = await login('in role curfew_sweeper, curfew_reader');
    expect(await readLogin(urlOf(user), ['sweeper', 'worker'])).toEqual({
      ...{ name: user, isOwner: false },
      ...{ missing: ['worker'], excess: ['reader'] },
    });
  });

  test('is read over a connection that has the name of Curfew and is closed afterwards', async () => {
    const user = await login('in role curfew_sweeper');
    const { hostname, port } = new URL(ownerUrl);
    const proxy = await startPgProxy(hostname, Number(port));
    const { reached } = proxy.arm({ when: (sql) => /session_user/.test(sql), act: 'hang' });
    const sessions = () =>
      rowsOf<{ name: string }>(
        ownerUrl,
        'select application_name as name from pg_stat_activity where usename = $1',
        [user],
      );
    const reading = readLogin(proxy.through(urlOf(user)), ['sweeper']);
    await reached;
    expect(await sessions()).toEqual([{ name: 'curfew' }]);
    await proxy.stop();
    await expect(reading).rejects.toMatchObject({ code: 'ledger-unavailable' });
    await readLogin(urlOf(user), ['sweeper']);
    await until('its connection is closed', async () => (await sessions()).length === 0);
  });
});

describe('a process', () => {
  const check = async (url: string) => {
    const found: Login[] = [];
    await checkLogin({
      ...{ url, duties: ['sweeper'], onUnavailable: () => undefined, onLogin: (login) => found.push(login) },
      signal: new AbortController().signal,
    });
    return found;
  };

  test('that owns what it writes does not start, and the error says which login can be every part (T24)', async () => {
    const problem = await check(ownerUrl).then(String, String);
    expect(problem).toMatch(/owns the tables of the ledger[^]*where: DATABASE_URL[^]*create role curfew_app/);
    const roles = /in role (.*);$/m.exec(problem)?.[1]?.split(', ').toSorted();
    expect(roles).toEqual(
      LEDGER_ROLES.filter((each) => each !== 'reader')
        .map(roleName)
        .toSorted(),
    );
  });

  test('whose login has not the role of one part starts with the others, and the problem has the statement', async () => {
    const user = await login('in role curfew_gateway');
    expect(await check(urlOf(user))).toMatchObject([{ missing: ['sweeper'], excess: ['gateway'] }]);
    const problem = missingRoles(await readLogin(urlOf(user), ['sweeper']));
    expect(problem).toContain(`grant curfew_sweeper to "${user}";`);
  });

  test('whose login has none of its roles reads each of them', () => {
    const problem = missingRoles({ name: 'app', isOwner: false, missing: ['worker', 'sweeper'], excess: [] });
    expect(problem).toContain('may not act as curfew_worker, curfew_sweeper.');
    expect(problem).toContain('grant curfew_worker, curfew_sweeper to "app";');
  });

  test('whose login has exactly its role starts', async () => {
    const user = await login('in role curfew_sweeper');
    expect(await check(urlOf(user))).toMatchObject([{ missing: [], excess: [] }]);
    expect(missingRoles(await readLogin(urlOf(user), ['sweeper']))).toBeUndefined();
  });

  test('goes on while the ledger is unavailable, and ends its check when it stops', async () => {
    const stopping = new AbortController();
    const faults: string[] = [];
    await checkLogin({
      url: 'postgres://nobody:x@127.0.0.1:1/none',
      duties: ['sweeper'],
      onUnavailable({ code }) {
        faults.push(code);
        stopping.abort();
      },
      onLogin: () => undefined,
      signal: stopping.signal,
    });
    expect(faults).toEqual(['ledger-unavailable']);
  });
});
