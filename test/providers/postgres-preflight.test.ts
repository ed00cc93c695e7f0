import { afterEach, describe, expect, test } from '@jest/globals';
import { providerFor, stopServers } from './postgres-server.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

afterEach(stopServers);

const granter = {
  me: 'granter',
  version: 180_004,
  rolsuper: false,
  rolcreaterole: true,
  rolcreatedb: false,
  rolreplication: false,
  rolbypassrls: false,
  grantable: ['orders_read', 'orders_write'],
  predefined: [],
};
type Login = Omit<typeof granter, 'predefined'> & { predefined: string[] };

describe('preflight', () => {
  const preflight = async (login: Partial<Login>) =>
    (await providerFor(['orders'], () => [{ ...granter, ...login }])).preflight(neverAborts);
  const superuser = { rolsuper: true, rolcreaterole: false, grantable: [] };
  const all = { rolcreatedb: true, rolreplication: true, rolbypassrls: true };

  test('accepts a login with exactly what it needs, and says what it may grant', async () =>
    expect(await preflight({})).toEqual({
      ok: true,
      missing: [],
      excess: [],
      note: 'orders: granter may grant orders_read, orders_write.',
    }));

  test.each<[what: string, login: Partial<Login>, missing: string[]]>([
    ['Postgres 14', { version: 149_999 }, ['Postgres 15 or later']],
    ['Postgres 15', { version: 150_000 }, []],
    ['no CREATEROLE', { rolcreaterole: false }, ['CREATEROLE for granter']],
    ['no ADMIN OPTION', { grantable: [] }, ["ADMIN OPTION for granter on each entitlement's role"]],
    [
      'no ADMIN OPTION on Postgres 16',
      { grantable: [], version: 160_000 },
      ["ADMIN OPTION for granter on each entitlement's role"],
    ],
    ['no ADMIN OPTION on Postgres 15', { grantable: [], version: 159_999 }, []],
    [
      'nothing',
      { version: 140_000, rolcreaterole: false },
      ['Postgres 15 or later', 'CREATEROLE for granter'],
    ],
    ['a superuser, who needs nothing else', superuser, []],
  ])('names what is missing: %s', async (_what, login, missing) =>
    expect(await preflight(login)).toMatchObject({
      ok: missing.length === 0,
      missing: missing.map((one) => `orders: ${one}`),
    }),
  );

  test.each<[what: string, login: Partial<Login>, excess: string[]]>([
    ['CREATEDB', { rolcreatedb: true }, ['CREATEDB']],
    ['REPLICATION', { rolreplication: true }, ['REPLICATION']],
    ['BYPASSRLS', { rolbypassrls: true }, ['BYPASSRLS']],
    [
      'predefined roles',
      { predefined: ['pg_monitor', 'pg_signal_backend'] },
      ['membership in pg_monitor', 'membership in pg_signal_backend'],
    ],
    ['several', all, ['CREATEDB', 'REPLICATION', 'BYPASSRLS']],
    [
      'SUPERUSER, which includes everything',
      { ...superuser, ...all, predefined: ['pg_monitor'] },
      ['SUPERUSER'],
    ],
  ])('names what is more than needed, and is still ok: %s', async (_what, login, excess) =>
    expect(await preflight(login)).toMatchObject({
      ok: true,
      excess: excess.map((one) => `orders: ${one}`),
    }),
  );

  test('says when the login may grant no role', async () =>
    expect((await preflight({ grantable: [] })).note).toBe(
      'orders: granter may grant no role (it has no ADMIN OPTION).',
    ));

  test('checks every database, and names each', async () => {
    const provider = await providerFor(['orders', 'billing'], (database) =>
      database === 'billing_live'
        ? [{ ...granter, me: 'other', rolcreaterole: false, rolcreatedb: true }]
        : [granter],
    );
    expect(await provider.preflight(neverAborts)).toEqual({
      ok: false,
      missing: ['billing: CREATEROLE for other'],
      excess: ['billing: CREATEDB'],
      note:
        'orders: granter may grant orders_read, orders_write. ' +
        'billing: other may grant orders_read, orders_write.',
    });
  });

  test("says when Postgres does not list Curfew's own role", async () => {
    const provider = await providerFor(['orders'], () => []);
    expect(await provider.preflight(neverAborts)).toEqual({
      ok: false,
      missing: ["orders: Postgres does not list Curfew's own role"],
      excess: [],
      note: '',
    });
  });
});
