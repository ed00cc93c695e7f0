import { describe, expect, test } from '@jest/globals';
import type { LeaseId } from '../../core/ids.ts';
import { grantableRole } from '../../providers/postgres/entitlement-role.ts';
import { markLiteral, markStart, readMark } from '../../providers/postgres/mark.ts';
import { timestampLiteral } from '../../providers/postgres/names.ts';
import {
  addMember,
  findRole,
  grantToSelf,
  hasPrivilegesOf,
  lockLease,
} from '../../providers/postgres/roles.ts';
import { dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';

const mark = { curfew: 1, lease: 'lease_1', database: 'orders' } as const;

describe('the mark in the comment of a role', () => {
  test('is read as it was written', () => expect(readMark(JSON.stringify(mark))).toEqual(mark));

  test.each<[what: string, comment: string | null]>([
    ['no comment', null],
    ['an empty comment', ''],
    ['a text', 'the role of Ana'],
    ['half of a mark', JSON.stringify(mark).slice(0, -1)],
    ['null', 'null'],
    ['a list', '[1]'],
    ['another version', JSON.stringify({ ...mark, curfew: 2 })],
    ['no version', JSON.stringify({ ...mark, curfew: undefined })],
    ['no lease', JSON.stringify({ ...mark, lease: undefined })],
    ['a lease that is a number', JSON.stringify({ ...mark, lease: 7 })],
    ['no database', JSON.stringify({ ...mark, database: undefined })],
  ])('%s is no mark', (_what, comment) => expect(readMark(comment)).toBeUndefined());

  test.each(['7', '18446744073709551615'])('keeps the number of its transaction: %s', (since) =>
    expect(readMark(JSON.stringify({ ...mark, since }))).toEqual({ ...mark, since }),
  );
  test.each([7, '0', '-1', '1;', '1'.repeat(21)])('has no such number when it is %j', (since) =>
    expect(readMark(JSON.stringify({ ...mark, since }))).toEqual(mark),
  );
  test('begins in a way that no other lease has', () => {
    const start = markStart('lease_1' as LeaseId);
    expect(JSON.stringify(mark).startsWith(start)).toBe(true);
    expect(JSON.stringify({ ...mark, lease: 'lease_12' }).startsWith(start)).toBe(false);
  });

  test('is quoted for SQL', () =>
    expect(markLiteral({ ...mark, database: "O'Neil\\" })).toBe(
      String.raw` E'{"curfew":1,"lease":"lease_1","database":"O''Neil\\\\"}'`,
    ));
});

test('an end is written with its milliseconds, in UTC', () =>
  expect(timestampLiteral(Date.UTC(2027, 0, 2, 12, 0, 0, 5) as never)).toBe("'2027-01-02T12:00:00.005Z'"));

describe('a role of the catalogue', () => {
  const memberOf = [{ oid: '7', name: 'orders_read' }];
  const row = {
    ...{ oid: '42', name: 'curfew_lease_1', login: true, validUntil: '1798891200000.000000', comment: null },
    memberOf,
  };
  const found = (over: object = {}) =>
    findRole(dbThatAnswers(() => [{ ...row, ...over }]).db, 'lease_1' as LeaseId);

  test.each([
    [
      {},
      {
        oid: '42',
        name: 'curfew_lease_1',
        canLogin: true,
        validUntil: 1_798_891_200_000,
        mark: undefined,
        memberOf,
      },
    ],
    [
      { login: false, memberOf: [] },
      { canLogin: false, memberOf: [] },
    ],
    [{ validUntil: '1798891200000.9' }, { validUntil: 1_798_891_200_001 }],
    [{ validUntil: null }, { validUntil: null }],
    [{ comment: JSON.stringify(mark) }, { mark }],
  ])('with %j is read as %j', async (over, expected) => expect(await found(over)).toMatchObject(expected));

  test('is read by its mark and its name', async () => {
    const { db, values } = dbThatAnswers(() => [row]);
    await findRole(db, 'lease_1' as LeaseId);
    expect(values).toEqual([['{"curfew":1,"lease":"lease_1",', 'curfew_lease_1']]);
  });

  test('that does not exist is not found', async () =>
    expect(await findRole(dbThatAnswers(() => []).db, 'lease_1' as LeaseId)).toBeUndefined());
});

describe('a role that people may not get', () => {
  const dbWith = (dangerous: string) => dbThatAnswers(() => [{ oid: '7', dangerous }]).db;
  const WHY =
    'may create roles, grant roles, reach the server itself, or (before Postgres 16) log in. Its members could keep access after the end';

  test.each([
    ['orders_read', `the role "orders_read" ${WHY}`],
    ['admins', `the role "orders_read" (as a member of "admins") ${WHY}`],
  ])('is refused with the name of the role that is the reason: %s', async (dangerous, message) =>
    expect(grantableRole(dbWith(dangerous), { role: 'orders_read' })).rejects.toThrow(
      new Error(`provider-refused: postgres: ${message}`),
    ),
  );

  test('does not exist', async () =>
    expect(grantableRole(dbThatAnswers(() => []).db, { role: 'orders_read' })).rejects.toThrow(
      new Error('target-missing: postgres: no role "orders_read"'),
    ));

  test('is another role of the same name (F24)', async () =>
    expect(
      grantableRole(dbThatAnswers(() => [{ oid: '8', dangerous: null }]).db, {
        role: 'orders_read',
        oid: '7',
      }),
    ).rejects.toThrow(
      new Error(
        'target-missing: postgres: the role "orders_read" was dropped and created again, or renamed. It is another role now (oid 8, and not 7)',
      ),
    ));
});

describe('a role that may be granted', () => {
  test.each([undefined, '7'])('is returned with its oid, when the oid of the target is %j', async (oid) => {
    const { db } = dbThatAnswers(() => [{ oid: '7', dangerous: null }]);
    const role = await grantableRole(db, { role: 'orders_read', ...(oid !== undefined && { oid }) });
    expect(role).toEqual({ oid: '7', name: 'orders_read' });
  });
});

describe('the lock of a lease', () => {
  const LOCK = 'select pg_advisory_lock(hashtextextended($1, 0))';
  const STATEMENTS = [`set lock_timeout = '2s'`, LOCK, 'reset lock_timeout'];
  const lockWith = async (error?: Error) => {
    const { db, sent } = dbThatAnswers((sql) => (sql === LOCK ? error : undefined));
    await lockLease(db, 'lease_1' as LeaseId);
    return sent;
  };

  test('has the id of the lease as its key, so that no other lease waits', async () => {
    const { db, values } = dbThatAnswers(() => undefined);
    await lockLease(db, 'lease_1' as LeaseId);
    expect(values).toEqual([['lease_1']]);
  });
  test('is waited for, for two seconds; later statements wait as long as before', async () =>
    expect(await lockWith()).toEqual(STATEMENTS));
  test('does not stop a revoke: it continues when somebody else holds the lock', async () =>
    expect(await lockWith(refusedWith('55P03'))).toEqual(STATEMENTS));
  test.each(['40P01', '57P01', '42501'])('is an error when Postgres refuses with %s', async (code) =>
    expect(lockWith(refusedWith(code))).rejects.toMatchObject({ code }),
  );
});

describe('a membership', () => {
  test.each([
    [150_018, ''],
    [159_999, ''],
    [160_000, ' with inherit true, set true'],
    [180_000, ' with inherit true, set true'],
  ])('of Curfew itself, in version %i', async (v, options) => {
    const { db, sent } = dbThatAnswers(() => [{ v }]);
    await grantToSelf(db, 'curfew "x"');
    expect(sent.at(-1)).toBe(`grant "curfew ""x""" to current_user${options}`);
  });

  test.each([
    [159_999, ''],
    [160_000, ' with inherit true, set false'],
  ])('of a lease, in version %i', async (v, options) => {
    const { db, sent } = dbThatAnswers(() => [{ v }]);
    await addMember(db, 'curfew_x', 'orders "read"');
    expect(sent.at(-1)).toBe(`grant "orders ""read""" to "curfew_x"${options}`);
  });

  test.each([
    [[{ has: true }], true],
    [[{ has: false }], false],
    [[], false],
  ])('of Curfew itself is read: %j is %s', async (rows, expected) =>
    expect(await hasPrivilegesOf(dbThatAnswers(() => rows).db, 'x')).toBe(expected),
  );
});
