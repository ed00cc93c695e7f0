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
    ['an oid that is a number', { ...good, oid: 7 }, '"oid"'],
    ['an oid that is too large', { ...good, oid: '4294967296' }, '"oid"'],
    ['an oid of zero', { ...good, oid: '0' }, '"oid"'],
    ['a server that is a number', { ...good, server: 7 }, '"server"'],
    ['a server that is a name', { ...good, server: 'db.example' }, '"server"'],
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

  test('the number of the server is kept', () =>
    expect(provider().parseTarget({ ...parsed, server: '7409563215697412345' })).toEqual({
      ok: true,
      value: { ...parsed, server: '7409563215697412345' },
    }));

  test.each(['1', '4294967295'])('the oid of the role is kept: %s', (oid) =>
    expect(provider().parseTarget({ ...parsed, oid })).toEqual({ ok: true, value: { ...parsed, oid } }),
  );

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
    [
      { ...good, onwer: 'x' },
      '"onwer" is not a field. The fields are database, role, oid, server, owner, mode',
    ],
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
      rateBudget: Infinity,
      needsSecret: true,
    });
  });

  const withReplicas = (replicas?: readonly string[]) =>
    postgresProvider({
      databases: { orders: 'postgres://granter:pass@db.example/orders_live' },
      ...(replicas && { replicas: { orders: replicas } }),
    });

  test('grants a login whose password expires', () => {
    const the = provider();
    expect({
      ladder: the.ladder(parsed),
      level: the.level(parsed),
      ownObject: the.ownObject(parsed),
      enforcementClass: the.enforcementClass(parsed),
    }).toEqual({ ladder: ['none', 'present'], level: 'present', ownObject: true, enforcementClass: 'B' });
  });

  test.each<[what: string, replicas: readonly string[] | undefined, residual: number, sentence: string]>([
    [
      'nobody said whether there are read replicas: a session on one can continue',
      undefined,
      Infinity,
      'the sessions of the login on the primary are terminated; a session on a read replica can continue',
    ],
    [
      'there is no read replica',
      [],
      0,
      'the sessions of the login are terminated; the server has no read replica',
    ],
    [
      'the read replicas are named',
      ['postgres://replica.example/orders_live'],
      0,
      'the sessions of the login are terminated, also those on the read replicas',
    ],
  ])('says which sessions end, when %s', (_what, replicas, residual, sentence) => {
    const the = withReplicas(replicas);
    expect(the.residualSessionMs(parsed)).toBe(residual);
    expect(the.describe(parsed).atEnd[0]).toBe(sentence);
  });

  test('describes the login, its permissions, and where else it opens a session', () =>
    expect(provider().describe(parsed)).toEqual({
      plain: 'a personal login to the database orders with the privileges of the role orders_read',
      permissions: [
        'member of role orders_read',
        'at most 5 connections at a time',
        'the login opens every database of this server to which PUBLIC may connect, for example billing: there it has what everybody and orders_read have',
      ],
      cautions: [
        'Curfew does not read before the grant what the role orders_read owns, may grant and may read. It can be enough to give others access that stays, or to find passwords that work after the end',
      ],
      atEnd: [
        expect.stringMatching(/^the sessions of the login /),
        'what the login created belongs to a role without a login and without privileges',
      ],
      widens: false,
    }));

  test('says to whom what the login created belongs, when the catalogue names an owner', () =>
    expect(provider().describe({ ...parsed, owner: 'orders_owner' }).atEnd[1]).toBe(
      'what the login created belongs to the role orders_owner',
    ));

  test('names ten of many other databases of the server, and counts the others', () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index + 1}`);
    const others = Object.fromEntries(names.map((name) => [name, `postgres://g:p@db.example/${name}`]));
    const databases = { ...others, orders: 'postgres://g:p@db.example/orders' };
    expect(postgresProvider({ databases }).describe(parsed).permissions.join()).toContain(
      'for example d1, d2, d3, d4, d5, d6, d7, d8, d9, d10 and 2 more: ',
    );
  });

  test('names another configured database only when it is on the same server', () => {
    const at = (address: string) =>
      postgresProvider({ databases: { orders: 'postgres://g:p@db.example/orders', billing: address } })
        .describe(parsed)
        .permissions.join(' ');
    expect(at('postgres://other@db.example/billing')).toContain('for example billing');
    for (const elsewhere of ['db.example:5433/billing', 'other.example/billing', 'db.example/orders'])
      expect(at(`postgres://g:p@${elsewhere}`)).not.toContain('billing');
  });

  test('has a key for each database and role, whoever is the owner, and one lock with and without its oid', () => {
    const the = provider();
    const keysOf = (target: PostgresTarget) => [the.targetKey(target), the.lockKey(target)];
    const others = [
      { ...parsed, database: 'billing' },
      { ...parsed, role: 'orders_write' },
    ].flatMap(keysOf);
    expect(new Set([...keysOf(parsed), ...others]).size).toBe(3);
    expect(keysOf({ ...parsed, owner: 'dba' })).toEqual(keysOf(parsed));
    const [one, two, renamed] = [
      { ...parsed, oid: '7' },
      { ...parsed, oid: '8' },
      { ...parsed, role: 'renamed', oid: '7' },
    ];
    expect(the.targetKey(one)).not.toBe(the.targetKey(two));
    expect(the.targetKey(one)).toBe(the.targetKey(renamed));
    expect(the.lockKey(one)).toBe(the.lockKey(parsed));
  });

  const issued = (url: string, lease = 'lease_1') =>
    postgresProvider({ databases: { orders: url } }).issue?.(
      {
        lease: lease as never,
        subject: { id: 'ana', name: 'ana' },
        target: parsed,
        level: 'present',
        endsAt: 7 as never,
      },
      { secret: 's3cret/@' },
    );

  test.each([
    ['db.example:5433/orders_live?sslmode=require', 'db.example:5433/orders_live?sslmode=require'],
    [
      'db.example/orders?sslmode=verify-full&sslrootcert=/etc/ca.pem',
      'db.example/orders?sslmode=verify-full',
    ],
    [
      'db.example/orders?sslmode=verify-full&sslrootcert=system',
      'db.example/orders?sslmode=verify-full&sslrootcert=system',
    ],
    ['[::1]/orders', '[::1]/orders'],
    ['/orders?host=/cloudsql/a:b:c', '%2Fcloudsql%2Fa%3Ab%3Ac/orders'],
  ])(
    'gives the person the address of the database with their own login, until the end: %s',
    async (url, shown) =>
      expect(await issued(`postgres://granter:hunter2@${url}`)).toEqual({
        text: `postgres://curfew_lease_1:s3cret%2F%40@${shown}`,
        endsAt: 7,
      }),
  );
});
