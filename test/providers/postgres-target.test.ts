import { describe, expect, test } from '@jest/globals';
import { type PostgresTarget, postgresProvider } from '../../providers/postgres/index.ts';
import { testRefusedTargets } from './conformance.fixture.ts';

const provider = () =>
  postgresProvider({
    databases: {
      orders: 'postgres://granter:pass@db.example:5433/orders_live?sslmode=require',
      billing: 'postgres://granter:pass@db.example:5433/billing_live',
    },
  });
const good = { database: 'orders', role: 'orders_read' };
const parsed = { ...good, mode: 'login-role' } as const;

describe('postgres targets', () => {
  testRefusedTargets(provider, [
    ['an unknown database', { ...good, database: 'nowhere' }, '"database"'],
    ['a database name from the prototype', { ...good, database: 'constructor' }, '"database"'],
    ['no role', { database: 'orders' }, '"role"'],
    ['a huge role', { ...good, role: 'ü'.repeat(1e6) }, '"role"'],
    ['another mode', { ...good, mode: 'membership' }, '"mode"'],
    ['a misspelt field', { ...good, onwer: 'dba' }, '"onwer"'],
    ['a huge field with line breaks', { ...good, ['x\n'.repeat(1e5)]: 1 }, 'field'],
  ]);

  test('the mode may be left out', () =>
    expect(provider().parseTarget(good)).toEqual({ ok: true, value: parsed }));
  test('the owner is kept', () =>
    expect(provider().parseTarget({ ...parsed, owner: 'dba' })).toEqual({
      ok: true,
      value: { ...parsed, owner: 'dba' },
    }));

  describe.each(['role', 'owner'])('the %s', (field) => {
    const errorOf = (name: unknown) => {
      const read = provider().parseTarget({ ...good, [field]: name });
      return read.ok ? undefined : read.error;
    };
    test.each([
      ['an empty name', '', 'must be the name of a role'],
      ['a number', 7, 'must be the name of a role'],
      ['null', null, 'must be the name of a role'],
      ['64 bytes, which Postgres would truncate', 'r'.repeat(64), 'must be at most 63 bytes'],
      ['64 bytes in 32 characters', 'ü'.repeat(32), 'must be at most 63 bytes'],
      ['a NUL', 'a\0b', 'must be a well-formed string'],
      ['half a character', 'a\ud800', 'must be a well-formed string'],
      ['everybody', 'PUBLIC', 'is a reserved word'],
      ...['public', 'none', 'current_user', 'session_user', 'current_role'].map(
        (word) => ['the word of Postgres', word, 'is a reserved word'] as const,
      ),
      ['a predefined role', 'pg_monitor', 'must not be a predefined role of Postgres (pg_...)'],
      [
        'the role of a lease',
        'curfew_lease_x',
        'must not be a role that Curfew creates for a lease (curfew_...)',
      ],
      [
        'the owner of leftovers',
        'curfew_leftovers',
        'must not be a role that Curfew creates for a lease (curfew_...)',
      ],
    ])('is not %s: %j', (_what, name, problem) =>
      expect(errorOf(name)).toBe(`postgres target: "${field}" ${problem}`),
    );
    test.each([
      'r'.repeat(63),
      `${'ü'.repeat(31)}r`,
      'orders "read\'',
      'pg',
      'curfew',
      'publicity',
      'pgadmin',
    ])('may be %s', (name) => expect(errorOf(name)).toBeUndefined());
  });

  test.each([
    [{ ...good, database: 'nowhere' }, '"database" must be one of those configured (orders, billing)'],
    [{ ...good, onwer: 'x' }, '"onwer" is not a field. The fields are database, role, owner, mode'],
    [{ ...good, mode: 'x' }, '"mode" can only be "login-role"'],
  ])('%j: the sentence lists what is possible', (json, problem) =>
    expect(provider().parseTarget(json)).toEqual({ ok: false, error: `postgres target: ${problem}` }),
  );
});

describe('the postgres provider', () => {
  test('has its name, its consistency window, its rate limit and needs a secret', () => {
    const { name, consistencyWindowMs, rateBudget, needsSecret } = provider();
    expect({ name, consistencyWindowMs, rateBudget, needsSecret }).toEqual({
      name: 'postgres',
      consistencyWindowMs: 0,
      rateBudget: 600,
      needsSecret: true,
    });
  });

  test('grants a login whose password expires, and whose sessions the revoke terminates', () => {
    const the = provider();
    expect({
      ladder: the.ladder(parsed),
      level: the.level(parsed),
      ownObject: the.ownObject(parsed),
      enforcementClass: the.enforcementClass(parsed),
      residualSessionMs: the.residualSessionMs(parsed),
    }).toEqual({
      ladder: ['none', 'present'],
      level: 'present',
      ownObject: true,
      enforcementClass: 'B',
      residualSessionMs: 0,
    });
  });

  test('describes the login and its permissions', () =>
    expect(provider().describe(parsed)).toEqual({
      plain: 'a personal login to the database orders with the privileges of the role orders_read',
      permissions: [
        'member of role orders_read',
        'at most 5 connections at a time',
        'in the server’s other databases: what everybody and orders_read may do',
      ],
    }));

  test('has a key for each database and role, whoever is the owner', () => {
    const the = provider();
    const keysOf = (target: PostgresTarget) => [the.targetKey(target), the.lockKey(target)];
    const others = [
      { ...parsed, database: 'billing' },
      { ...parsed, role: 'orders_write' },
    ].flatMap(keysOf);
    expect(new Set([...keysOf(parsed), ...others]).size).toBe(3);
    expect(keysOf({ ...parsed, owner: 'dba' })).toEqual(keysOf(parsed));
  });

  test('gives the person the address of the database with their own login', () =>
    expect(provider().credential?.('lease_1' as never, parsed, 's3cret/@')).toBe(
      'postgres://curfew_lease_1:s3cret%2F%40@db.example:5433/orders_live?sslmode=require',
    ));
});
