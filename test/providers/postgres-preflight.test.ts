import { afterEach, describe, expect, test } from '@jest/globals';
import { postgresProvider } from '../../providers/postgres/index.ts';
import type { Login, TargetRole } from '../../providers/postgres/preflight-facts.ts';
import {
  findingsOfLogin,
  findingsOfReach,
  findingsOfTarget,
  noteOf,
} from '../../providers/postgres/preflight-findings.ts';
import type { Permission } from '../../providers/provider.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf } from './postgres.fixture.ts';
import { startPgServer, stopServers } from './postgres-server.fixture.ts';

afterEach(stopServers);

const granter: Login = {
  me: 'granter',
  version: 180_004,
  rolsuper: false,
  rolcreaterole: true,
  rolcreatedb: false,
  rolreplication: false,
  rolbypassrls: false,
  grantable: ['orders_read', 'orders_write'],
  predefined: [],
  passwordsForbidden: false,
  standbys: 0,
};
const superuser = { rolsuper: true, rolcreaterole: false, grantable: [] };
const said = (permissions: readonly Permission[]) =>
  permissions.map(({ severity, what }) => `${severity}: ${what}`);

describe('the login of Curfew', () => {
  const of = (over: Partial<Login>) => said(findingsOfLogin({ ...granter, ...over }));
  const all = { rolcreatedb: true, rolreplication: true, rolbypassrls: true };

  test.each<[what: string, login: Partial<Login>, expected: string[]]>([
    ['exactly what it needs', {}, []],
    ['Postgres 14', { version: 149_999 }, ['missing: Postgres 15 or later']],
    ['Postgres 15', { version: 150_000 }, []],
    ['no CREATEROLE', { rolcreaterole: false }, ['missing: CREATEROLE for granter']],
    ['a superuser, who needs nothing else', superuser, ['excess: SUPERUSER']],
    [
      'a superuser, who has everything else too',
      { ...superuser, ...all, predefined: ['pg_monitor'] },
      ['excess: SUPERUSER'],
    ],
    ['all attributes', all, ['excess: CREATEDB', 'excess: REPLICATION', 'excess: BYPASSRLS']],
    [
      'predefined roles',
      { predefined: ['pg_signal_backend', 'rds_superuser'] },
      ['excess: membership in pg_signal_backend', 'excess: membership in rds_superuser'],
    ],
    [
      'a server of RDS that lets only some logins set passwords',
      { passwordsForbidden: true },
      [
        'missing: only members of rds_password may set passwords here (rds.restrict_password_commands is on). Run: grant rds_password to granter',
      ],
    ],
  ])('with %s', (_what, login, expected) => expect(of(login)).toEqual(expected));

  test.each<[login: Partial<Login>, may: string]>([
    [{}, 'orders_read, orders_write'],
    [{ grantable: [] }, 'no role (it has no ADMIN OPTION)'],
    [{ version: 160_000, grantable: [] }, 'no role (it has no ADMIN OPTION)'],
    [{ version: 159_999, grantable: [] }, 'every role that is not a superuser'],
    [{ version: 159_999, rolcreaterole: false, grantable: [] }, 'no role (it has no ADMIN OPTION)'],
    [superuser, 'every role'],
  ])('with %j may grant %s', (login, may) =>
    expect(noteOf({ ...granter, ...login })).toBe(
      `read from the system catalogue as granter, which may grant ${may}.`,
    ),
  );
});

describe('the role of a target', () => {
  const target = { database: 'orders', role: 'orders_read', mode: 'login-role' } as const;
  const good: TargetRole = { name: 'orders_read', oid: '7', dangerous: null, mayGrant: true };
  const gone = { oid: null, dangerous: null, mayGrant: false };
  const admin = (name: string) =>
    `missing: ADMIN OPTION for granter on the role "${name}". Run: grant "${name}" to "granter" with admin option`;
  const of = (role: Partial<TargetRole>, over: object = {}, newOwner?: Partial<TargetRole>) => {
    const roles = [{ ...good, ...role }, ...(newOwner ? [{ ...good, name: 'dba', ...newOwner }] : [])];
    const byName = new Map(roles.map((each) => [each.name, each]));
    return said(findingsOfTarget({ ...target, ...over }, byName, granter));
  };

  test('that may be granted lacks nothing', () => expect(of({})).toEqual([]));
  test('that does not exist is missing, and nothing else is said of it', () =>
    expect(of(gone, { owner: 'dba' }, gone)).toEqual(['missing: the role "orders_read" does not exist']));
  test('that cannot be granted is missing, with the statement that lets Curfew grant it', () =>
    expect(of({ mayGrant: false })).toEqual([admin('orders_read')]));
  test('that is dangerous is missing', () =>
    expect(of({ dangerous: 'admins' })).toEqual([
      expect.stringContaining('the role "orders_read" (as a member of "admins")'),
    ]));
  test('that was dropped and created again is another one (F24)', () => {
    expect(of({}, { oid: '7' })).toEqual([]);
    expect(of({}, { oid: '8' })).toEqual([
      'missing: the role "orders_read" is another one than the catalogue names (oid 7, and not 8)',
    ]);
  });
  test('has an owner that exists and may be granted', () => {
    const owner = { owner: 'dba' };
    expect(of({}, owner, {})).toEqual([]);
    expect(of({}, owner, gone)).toEqual(['missing: the owner "dba" does not exist']);
    expect(of({}, owner, { mayGrant: false })).toEqual([admin('dba')]);
  });
});

describe('the reach of the login of a lease', () => {
  const target = { database: 'orders', role: 'orders_read', mode: 'login-role' } as const;
  const address = addressOf('postgres://granter@db.example/orders');
  const of = (
    over: Partial<Parameters<typeof findingsOfReach>[2]> = {},
    { standbys = 0, replicas }: Readonly<{ standbys?: number; replicas: readonly string[] | undefined }> = {
      replicas: [],
    },
  ) =>
    said(
      findingsOfReach(
        { name: 'orders', address, replicas: replicas?.map(addressOf) },
        { ...granter, standbys },
        { databases: ['a "b"', 'postgres'], targets: [target], duty: 'grant', ...over },
      ),
    );
  const OPEN =
    'excess: a lease’s login also opens a "b", postgres, because PUBLIC may connect there. To close one: revoke connect on database "a ""b""" from public';

  test('is every database to which PUBLIC may connect', () => {
    expect(of()).toEqual([OPEN]);
    expect(of({ databases: [] })).toEqual([]);
  });
  test('is not asked for when nothing is granted there', () => {
    expect(of({ targets: [] })).toEqual([]);
    expect(of({ duty: 'revoke' })).toEqual([]);
  });
  test('is unknown while nobody said whether there are read replicas', () =>
    expect(of({ databases: [] }, { replicas: undefined })).toEqual([
      'unknown: whether there are read replicas. Name them in CURFEW_POSTGRES_REPLICAS, or write orders=none there',
    ]));
  test.each<[standbys: number, replicas: readonly string[] | undefined, named: string | undefined]>([
    [1, undefined, 'names none of them'],
    [1, [], 'names none of them'],
    [2, ['postgres://r/orders'], 'names 1 of them'],
    [1, ['postgres://r/orders'], undefined],
  ])('includes standbys that are not named: %i standbys, and named are %j', (standbys, replicas, named) => {
    const senders = replicas?.length
      ? 'the server of orders and its replicas send their changes'
      : 'the server of orders sends its changes';
    const unnamed = `unknown: ${senders} to ${standbys} standbys, and CURFEW_POSTGRES_REPLICAS ${named}. A session that is open on another one is not terminated`;
    expect(of({ databases: [] }, { standbys, replicas })).toEqual(named === undefined ? [] : [unnamed]);
  });
});

describe('a database that cannot be checked', () => {
  const found = async (url: string) =>
    said(
      (
        await postgresProvider({ databases: { orders: url } }).preflight(
          { targets: [], duty: 'grant' },
          neverAborts,
        )
      ).permissions,
    );

  test.each([
    ['3D000', 'missing: orders: target-missing: postgres: 3D000 no'],
    ['28P01', "missing: orders: provider-forbidden: postgres: 28P01 Curfew's own login is refused"],
    ['53300', 'unknown: orders: provider-throttled: postgres: 53300 no'],
    ['57P03', 'unknown: orders: provider-unavailable: postgres: 57P03 no'],
  ])(
    'lacks something when the server refuses, and is unknown when it does not answer: %s',
    async (code, says) =>
      expect(await found((await startPgServer({ login: () => code })).url)).toEqual([says]),
  );

  test('lacks its own role, when Postgres does not list it', async () =>
    expect(await found((await startPgServer()).url)).toEqual([
      "missing: orders: Postgres does not list Curfew's own role",
    ]));
});
