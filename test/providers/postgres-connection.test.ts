import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Fault, type FaultCode } from '../../core/faults.ts';
import { type Db, inTransaction } from '../../providers/postgres/connection.ts';
import { sqlState, toFault } from '../../providers/postgres/faults.ts';

const answerOf = (code: string, message = 'what the server says') =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });

describe('an answer of Postgres becomes a fault', () => {
  test.each<[code: string, fault: FaultCode]>([
    ['53300', 'provider-throttled'],
    ['42501', 'provider-forbidden'],
    ['28000', 'provider-forbidden'],
    ['28P01', 'provider-forbidden'],
    ['3D000', 'target-missing'],
    ['40001', 'provider-unavailable'],
    ['40P01', 'provider-unavailable'],
    ['55P03', 'provider-unavailable'],
    ['42710', 'provider-unavailable'],
    ['23505', 'provider-unavailable'],
    ['25006', 'provider-unavailable'],
    ['XX000', 'provider-unavailable'],
    ['08006', 'provider-unavailable'],
    ['53100', 'provider-unavailable'],
    ['57014', 'provider-unavailable'],
    ['57P01', 'provider-unavailable'],
    ['58030', 'provider-unavailable'],
    ['42704', 'provider-refused'],
    ['2BP01', 'provider-refused'],
    ['42601', 'provider-refused'],
  ])('%s is %s', (code, fault) => expect(toFault(answerOf(code)).code).toBe(fault));

  test('with the code and the words of the server', () =>
    expect(toFault(answerOf('42704')).message).toBe(
      'provider-refused: postgres: 42704 what the server says',
    ));

  test.each(['28000', '28P01'])('but without the words of a refused login: %s (T22)', (code) =>
    expect(toFault(answerOf(code)).message).toBe(
      `provider-forbidden: postgres: ${code} Curfew's own login is refused`,
    ),
  );
});

test('a refused parameter of the login is the answer of a connection pooler, and says what to do', () =>
  expect(toFault(answerOf('08P01', 'unsupported startup parameter: options'))).toMatchObject({
    code: 'provider-refused',
    message:
      'provider-refused: postgres: a connection pooler (such as pgbouncer or RDS Proxy) answers at this address. Put the address of the server itself into CURFEW_POSTGRES_TARGETS',
  }));

test('an error that is no answer of Postgres says nothing about the write', () => {
  const error = Object.assign(new Error('read ECONNRESET'), { code: '28P01' });
  expect(sqlState(error)).toBeUndefined();
  expect(toFault(error)).toMatchObject({
    code: 'provider-unavailable',
    message: 'provider-unavailable: postgres: read ECONNRESET',
  });
});

test('a fault stays as it is', () => {
  const fault = new Fault('not-verified', 'still there');
  expect(toFault(fault)).toBe(fault);
});

describe('a transaction', () => {
  const dbWith = (fails: readonly string[] = []) => {
    const sent: string[] = [];
    const query = (sql: string) => {
      sent.push(sql);
      return fails.includes(sql) ? Promise.reject(new Error(`${sql} failed`)) : Promise.resolve();
    };
    return { db: { query } as unknown as Db, sent };
  };

  test('is committed after its work, whose value it returns', async () => {
    const { db, sent } = dbWith();
    expect(await inTransaction(db, () => Promise.resolve(sent.push('work')))).toBe(2);
    expect(sent).toEqual(['begin', 'work', 'commit']);
  });

  test.each([
    ['its work fails', [], () => Promise.reject(new Error('work failed')), 'work failed'],
    ['its commit fails', ['commit'], () => Promise.resolve(), 'commit failed'],
    ['also the roll-back fails', ['rollback'], () => Promise.reject(new Error('work failed')), 'work failed'],
  ])('is rolled back when %s, and fails with the first error', async (_what, fails, work, message) => {
    const { db, sent } = dbWith(fails);
    await expect(inTransaction<unknown>(db, work)).rejects.toThrow(message);
    expect(sent.at(-1)).toBe('rollback');
  });
});
