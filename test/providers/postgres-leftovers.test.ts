import { describe, expect, test } from '@jest/globals';
import type { Db } from '../../providers/postgres/connection.ts';
import { dropRole } from '../../providers/postgres/leftovers.ts';
import { type Answer, dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

/** A server where `drop role` fails with this error. `isThere` says whether the role exists afterwards. */
const serverWhereDropFails = (error: Error, { isThere = true } = {}): Db =>
  dbThatAnswers((sql) => {
    if (sql.startsWith('drop role')) return error;
    return sql.startsWith('select from pg_roles') && isThere ? [{}] : [];
  }).db;
const role = { name: 'curfew_x', role: { oid: '42' } as never, owner: undefined };
const drop = (db: Db) => dropRole(db, 'postgres://a:b@127.0.0.1:1/orders', role, neverAborts);

describe('a role that cannot be dropped', () => {
  test.each([
    ['2BP01', 'provider-refused: postgres: 2BP01 no'],
    ['42501', 'provider-forbidden: postgres: 42501 no'],
  ])('is kept without login when Postgres refuses with %s, and the receipt says so', async (code, why) =>
    expect(await drop(serverWhereDropFails(refusedWith(code)))).toEqual([
      `The role could not be dropped, so it is kept without login (${why}).`,
    ]),
  );

  test.each([
    ['a lock', refusedWith('55P03')],
    ['a deadlock', refusedWith('40P01')],
    ['a server that shuts down', refusedWith('57P01')],
    ['a full disk', refusedWith('53100')],
    ['a standby', refusedWith('25006')],
    ['a lost connection', new Error('Connection terminated')],
  ])('is tried again after %s, so there is no receipt', async (_what, error) =>
    expect(drop(serverWhereDropFails(error))).rejects.toMatchObject({ code: 'provider-unavailable' }),
  );

  test('is gone when another attempt has dropped it', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704'), { isThere: false }))).toEqual([]));

  test('is not gone when Postgres misses another role', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704', 'role "x" does not exist')))).toEqual([
      expect.stringContaining('could not be dropped'),
    ]));
});

test('objects in another database prevent the drop while that database cannot be reached', async () => {
  const { db, sent } = dbThatAnswers((sql) =>
    sql.includes('from pg_shdepend s') ? [{ datname: 'billing' }, { datname: null }] : [],
  );
  const dropping = dropRole(db, 'postgres://a:b@127.0.0.1:1/orders', role, AbortSignal.abort());
  await expect(dropping).rejects.toThrow(new Error('provider-unavailable: postgres: the call was cancelled'));
  expect(sent).not.toContain('drop role "curfew_x"');
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
      if (sql.includes('from pg_shdepend s')) return [{ datname: null }];
      if (sql.includes('pg_describe_object')) return named(found.owned);
      if (sql.includes('p.prosecdef')) return found.definers ?? [];
      if (sql.includes('aclexplode')) return named(found.grants);
      if (sql.startsWith('select from pg_roles'))
        return sent.some((each) => each.startsWith('create role')) || isThere(sent, found, owner) ? [{}] : [];
      if (sql.startsWith('select pg_has_role')) return [{ has: found.hasPrivileges ?? false }];
      if (sql.includes('server_version_num')) return [{ v: 180_000 }];
      if (sql.startsWith('create role')) return found.createFails ?? [];
      if (sql.startsWith('drop role')) return found.dropFails ?? [];
      return [];
    });
    const notes = await dropRole(db, 'postgres://a:b@127.0.0.1:1/x', { ...role, owner }, neverAborts);
    return { notes, writes: sent.filter((sql) => !sql.trimStart().startsWith('select')) };
  };
  /** The first read is of the catalogue's owner, if it names one. The next is of `curfew_x_leftovers`. */
  const isThere = (sent: readonly string[], { ownerExists, leftoversExists }: Found, owner?: string) =>
    owner !== undefined && sent.filter((sql) => sql.startsWith('select from pg_roles')).length === 1
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
      notes: [`Created by the person, now owned by ${newOwner}: table t.`],
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
        'Created by the person, now owned by curfew_x_leftovers: table t.',
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
        'Created by the person, and still owned by the role: table t.',
        'The role could not be dropped, so it is kept without login (provider-forbidden: postgres: 42501 no).',
      ],
      writes: [CREATE],
    }));

  test('is named also when the role is kept', async () =>
    expect(
      (await dropWith({ owned: table, leftoversExists: true, dropFails: refusedWith('2BP01') })).notes,
    ).toEqual([
      'Created by the person, now owned by curfew_x_leftovers: table t.',
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
      `Created by the person, now owned by curfew_x_leftovers: ${list}.`,
      `Granted to others by the person: ${list}.`,
    ]),
  );
});
