import { describe, expect, test } from '@jest/globals';
import type { Db } from '../../providers/postgres/connection.ts';
import type { Database } from '../../providers/postgres/databases.ts';
import type { LeaseRole } from '../../providers/postgres/roles.ts';
import { tidyUp } from '../../providers/postgres/tidy-up.ts';
import { addressOf } from './postgres.fixture.ts';
import { type Answer, dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

/** A server where `drop role` fails with this error. `isThere` says whether the role exists afterwards. */
const serverWhereDropFails = (error: Error, { isThere = true } = {}): Db =>
  dbThatAnswers((sql) => {
    if (sql.startsWith('drop role')) return error;
    return sql.startsWith('select oid::text from pg_roles') && isThere ? [{ oid: '42' }] : [];
  }).db;
const database: Database = {
  name: 'orders',
  address: addressOf('postgres://a:b@127.0.0.1:1/orders'),
  replicas: [],
};
const role: LeaseRole = {
  ...{ oid: '42', name: 'curfew_x', canLogin: false, validUntil: null, mark: undefined },
  ...{ connectionLimit: 0, attributes: [] },
  memberOf: [{ oid: '7', name: 'orders_read' }],
};
const target = { database: 'orders', role: 'orders_read', oid: '7', mode: 'login-role' } as const;
const drop = (db: Db) => tidyUp(db, database, { role, target }, neverAborts);

describe('a role that cannot be dropped', () => {
  test.each([
    ['2BP01', 'provider-refused: postgres: 2BP01 no'],
    ['42501', 'provider-forbidden: postgres: 42501 no'],
  ])('is kept without login when Postgres refuses with %s, and the receipt says so', async (code, why) =>
    expect(await drop(serverWhereDropFails(refusedWith(code)))).toEqual({
      notes: [`The role could not be dropped, so it is kept without login (${why}).`],
    }),
  );

  test.each<[what: string, error: Error, why: string]>([
    ['a lock', refusedWith('55P03'), 'a session of somebody else has locked it'],
    ['a deadlock', refusedWith('40P01'), 'provider-unavailable: postgres: 40P01 no'],
    ['a server that shuts down', refusedWith('57P01'), 'provider-unavailable: postgres: 57P01 no'],
    ['a full disk', refusedWith('53100'), 'provider-unavailable: postgres: 53100 no'],
    ['too many connections', refusedWith('53300'), 'provider-throttled: postgres: 53300 no'],
    [
      'a lost connection',
      new Error('Connection terminated'),
      'provider-unavailable: postgres: Connection terminated',
    ],
  ])('is kept without login after %s, and the same call drops it later', async (_what, error, why) =>
    expect(await drop(serverWhereDropFails(error))).toEqual({
      notes: [],
      untidied: `The role curfew_x is kept without login until everything that it owns can be reassigned: ${why}.`,
    }),
  );

  test('is gone when another attempt has dropped it', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704'), { isThere: false }))).toEqual({
      notes: [],
    }));

  test('is not gone when Postgres misses another role', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704', 'role "x" does not exist')))).toEqual({
      notes: [expect.stringContaining('could not be dropped')],
    }));
});

test('objects in another database prevent the drop while that database cannot be reached', async () => {
  const { db, sent } = dbThatAnswers((sql) =>
    sql.includes('bool_or') ? [{ database: 'billing', own: true }] : [],
  );
  expect(await tidyUp(db, database, { role, target }, AbortSignal.abort())).toEqual({
    notes: [],
    untidied: expect.stringContaining('provider-unavailable: postgres: the call was cancelled'),
  });
  expect(sent).not.toContain('drop role "curfew_x"');
});

test('a database where only the role of the entitlement has something does not prevent the drop, and is named', async () => {
  const { db, sent } = dbThatAnswers((sql) =>
    sql.includes('bool_or') ? [{ database: 'billing', own: false }] : [],
  );
  expect(await tidyUp(db, database, { role, target }, AbortSignal.abort())).toEqual({
    notes: [
      'What was changed in the database billing could not be read (provider-unavailable: postgres: the call was cancelled).',
    ],
  });
  expect(sent).toContain('drop role "curfew_x"');
});

describe('what the person created and granted', () => {
  type Found = Readonly<{
    owned?: readonly string[];
    grants?: readonly string[];
    /** Who may call the functions with the rights of their owner; null for everybody. */
    definers?: readonly Readonly<{ routine: string; grantee: string | null }>[];
    /** The owner of the catalogue exists. */
    ownerExists?: boolean;
    leftoversExists?: boolean;
    /** Curfew has the new owner's privileges without this revoke. */
    hasPrivileges?: boolean;
    createFails?: Error;
    dropFails?: Error;
  }>;
  const dropWith = async (found: Found, owner?: string) => {
    const { db, sent } = dbThatAnswers((sql): Answer => {
      const named = (names: readonly string[] = []) => names.map((what) => ({ what }));
      if (sql.includes('bool_or')) return [{ database: null, own: true }];
      if (sql.includes('pg_describe_object')) return named(found.owned);
      if (sql.includes('p.prosecdef')) return found.definers ?? [];
      if (sql.includes('aclexplode')) return named(found.grants);
      if (sql.startsWith('select oid::text from pg_roles'))
        return sent.some((each) => each.startsWith('create role')) || isThere(sent, found, owner)
          ? [{ oid: '9' }]
          : [];
      if (sql.startsWith('select pg_has_role')) return [{ has: found.hasPrivileges ?? false }];
      if (sql.includes('server_version_num')) return [{ v: 180_000 }];
      if (sql.startsWith('create role')) return found.createFails ?? [];
      if (sql.startsWith('drop role')) return found.dropFails ?? [];
      return [];
    });
    const { notes } = await tidyUp(
      db,
      database,
      { role, target: { ...target, ...(owner !== undefined && { owner }) } },
      neverAborts,
    );
    return { notes, writes: sent.filter((sql) => !/^\s*(select|set lock_timeout)/.test(sql)) };
  };
  /** The first read is of the catalogue's owner, if it names one. The next is of `curfew_x_leftovers`. */
  const isThere = (sent: readonly string[], { ownerExists, leftoversExists }: Found, owner?: string) =>
    owner !== undefined && sent.filter((sql) => sql.startsWith('select oid::text from pg_roles')).length === 1
      ? ownerExists
      : leftoversExists;

  const reassigned = (to: string) => [
    'begin',
    `grant "${to}" to current_user with inherit true, set true`,
    `reassign owned by "curfew_x" to "${to}"`,
    `revoke "${to}" from current_user`,
    'drop owned by "curfew_x"',
    'commit',
  ];
  const DROP = ['begin', 'drop role "curfew_x"', 'commit'];
  const CREATE = 'create role "curfew_x_leftovers" nologin';
  const table = ['table t'];

  test('nothing: only privileges are dropped, and the receipt has no note', async () =>
    expect(await dropWith({}, 'dba')).toEqual({
      notes: [],
      writes: ['begin', 'drop owned by "curfew_x"', 'commit', ...DROP],
    }));

  test.each<[what: string, found: Found, owner: string | undefined, newOwner: string, first: string[]]>([
    ['the owner of the catalogue', { ownerExists: true }, 'dba', 'dba', []],
    ['another owner when that one is gone', { leftoversExists: true }, 'dba', 'curfew_x_leftovers', []],
    ['a new owner, when there is none yet', {}, undefined, 'curfew_x_leftovers', [CREATE]],
    [
      'an owner that another attempt creates (duplicate object)',
      { createFails: refusedWith('42710') },
      undefined,
      'curfew_x_leftovers',
      [CREATE],
    ],
    [
      'an owner that another attempt creates (unique violation)',
      { createFails: refusedWith('23505') },
      undefined,
      'curfew_x_leftovers',
      [CREATE],
    ],
  ])('belongs to %s', async (_what, found, owner, newOwner, first) =>
    expect(await dropWith({ ...found, owned: table }, owner)).toEqual({
      notes: [`Created or taken over by the person, now owned by ${newOwner}: table t.`],
      writes: [...first, ...reassigned(newOwner), ...DROP],
    }),
  );

  const definers = [
    { routine: 'public.f(text)', grantee: null },
    { routine: 'public.f(text)', grantee: 'bo "b"' },
    { routine: 'public.g()', grantee: null },
  ];
  test('may not be called by anybody any more, where it runs with the rights of its owner', async () =>
    expect(await dropWith({ owned: table, definers, leftoversExists: true })).toEqual({
      notes: [
        'Runs with the rights of its owner, so nobody may call it any more: public.f(text), public.g().',
        'Created or taken over by the person, now owned by curfew_x_leftovers: table t.',
      ],
      writes: [
        'begin',
        'revoke all on routine public.f(text) from public cascade',
        'revoke all on routine public.f(text) from "bo ""b""" cascade',
        'revoke all on routine public.g() from public cascade',
        'commit',
        ...reassigned('curfew_x_leftovers'),
        ...DROP,
      ],
    }));

  test('may still be called, where the catalogue names its owner', async () =>
    expect((await dropWith({ owned: table, definers, ownerExists: true }, 'dba')).writes).toEqual([
      ...reassigned('dba'),
      ...DROP,
    ]));

  test('may not be called by anybody, where the owner of the catalogue does not exist any more', async () =>
    expect((await dropWith({ owned: table, definers, ownerExists: false }, 'dba')).writes).toEqual(
      expect.arrayContaining(['revoke all on routine public.g() from public cascade', CREATE]),
    ));

  test('does not take from Curfew the privileges that it had before', async () =>
    expect((await dropWith({ owned: table, ownerExists: true, hasPrivileges: true }, 'dba')).writes).toEqual([
      'begin',
      'reassign owned by "curfew_x" to "dba"',
      'drop owned by "curfew_x"',
      'commit',
      ...DROP,
    ]));

  test('stays with the role when no owner can be created, and the receipt says so', async () =>
    expect(await dropWith({ owned: table, createFails: refusedWith('42501') })).toEqual({
      notes: [
        'Created or taken over by the person, and still owned by the role: table t.',
        'The role could not be dropped, so it is kept without login (provider-forbidden: postgres: 42501 no).',
      ],
      writes: [CREATE],
    }));

  test('is named also when the role is kept', async () =>
    expect(
      (await dropWith({ owned: table, leftoversExists: true, dropFails: refusedWith('2BP01') })).notes,
    ).toEqual([
      'Created or taken over by the person, now owned by curfew_x_leftovers: table t.',
      expect.stringContaining('could not be dropped'),
    ]));

  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `t${index + 1}`);
  test.each([
    [10, 't1, t2, t3, t4, t5, t6, t7, t8, t9, t10'],
    [11, 't1, t2, t3, t4, t5, t6, t7, t8, t9, t10 and 1 more'],
    [13, 't1, t2, t3, t4, t5, t6, t7, t8, t9, t10 and 3 more'],
  ])('%i objects and grants are named in short lists', async (count, list) =>
    expect(
      (await dropWith({ owned: numbered(count), grants: numbered(count), leftoversExists: true })).notes,
    ).toEqual([
      `Created or taken over by the person, now owned by curfew_x_leftovers: ${list}.`,
      `Granted to others by the person: ${list}.`,
    ]),
  );
});
