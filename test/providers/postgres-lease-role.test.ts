import { describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId } from '../../core/ids.ts';
import {
  createLeaseRole,
  removeLeaseRole,
  terminateLeaseSessions,
} from '../../providers/postgres/lease-role.ts';
import { type Answer, dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const intent = {
  lease: 'lease_1' as LeaseId,
  subject: { id: 'id of Ana', name: "Ana O'Neil" },
  target: { database: 'orders', role: 'orders_read', mode: 'login-role' },
  level: 'present',
  endsAt,
  secret: 'pass',
} as const;
const commentFor = (lease: string) => JSON.stringify({ curfew: 1, lease, database: 'x' });
const written = {
  oid: '42',
  login: true,
  validUntil: String(endsAt),
  comment: commentFor('lease_1'),
  member: true,
};
type Row = Partial<typeof written> | undefined;

/** The answers to the statements that begin with these words. */
type Answers = Readonly<Record<string, Answer>>;

/** A server of version 18 that shows these states of the lease's role, one for each read. */
function serverThatShows(states: readonly Row[], answers: Answers = {}) {
  const reads = [...states];
  return dbThatAnswers((sql) => {
    const answer = Object.entries(answers).find(([start]) => sql.trimStart().startsWith(start));
    if (answer) return answer[1];
    if (sql.includes('shobj_description')) return [reads.shift()].filter((row) => row !== undefined);
    if (sql.includes('server_version_num')) return [{ v: 180_000 }];
    if (sql.includes('current_database() as name')) return [{ name: 'orders_live' }];
    if (sql.includes('count(*)')) return [{ left: 0 }];
    if (sql === 'select from pg_roles where rolname = $1') return [{}];
    if (sql.startsWith('select distinct g.rolname')) return [{ name: 'orders_read' }];
    if (sql.startsWith('select pg_terminate_backend(pid')) return [{}, {}, {}];
    return [];
  });
}

describe('a grant', () => {
  const grant = async (states: readonly Row[]) => {
    const { db, sent } = serverThatShows(states);
    const receipt = await createLeaseRole(db, intent);
    return { receipt, writes: sent.slice(sent.indexOf('begin')).filter((sql) => !sql.startsWith('select')) };
  };
  const verifier = expect.stringMatching(
    /^create role "curfew_lease_1" with login password 'SCRAM-SHA-256\$4096:[^']+' valid until '2027-01-02T12:00:00.000Z' connection limit 5$/,
  );
  const rest = [
    'grant "orders_read" to "curfew_lease_1" with inherit true, set false',
    `comment on role "curfew_lease_1" is '{"curfew":1,"lease":"lease_1","database":"orders_live"}'`,
    'commit',
  ];

  test('creates the role with its end, its limit, its membership and its mark in one transaction', async () =>
    expect((await grant([undefined, written])).writes).toEqual(['begin', verifier, ...rest]));

  test('corrects the role when it exists, and Curfew gives up its own privileges of it', async () =>
    expect((await grant([{ ...written, member: false }, written])).writes).toEqual([
      'begin',
      expect.stringMatching(/^alter role "curfew_lease_1" with login password 'SCRAM[^']+' valid until /),
      'revoke "curfew_lease_1" from current_user',
      ...rest,
    ]));

  test('waits for another attempt before it reads anything', async () => {
    const { db, sent } = serverThatShows([undefined, written]);
    await createLeaseRole(db, intent);
    expect(sent.slice(0, 2)).toEqual([
      `set lock_timeout = '2s'`,
      'select pg_advisory_lock(hashtextextended($1, 0))',
    ]);
  });

  test('has a receipt that names the role, its membership and its end', async () =>
    expect((await grant([undefined, written])).receipt).toEqual({
      level: 'present',
      seen: 'role curfew_lease_1 (oid 42) is a member of orders_read until 2027-01-02T12:00:00.000Z',
    }));

  test.each<[what: string, row: Row]>([
    ['is not there', undefined],
    ['may not log in', { ...written, login: false }],
    ['is not a member', { ...written, member: false }],
    ['has another end', { ...written, validUntil: String(endsAt + 1) }],
    ['has no end', { ...written, validUntil: null as never }],
  ])('is not verified when afterwards the role %s', async (_what, row) =>
    expect(grant([undefined, row])).rejects.toThrow(
      new Error('not-verified: postgres: the role curfew_lease_1 does not read back as it was written'),
    ),
  );

  test.each([
    ['for the first time', undefined],
    ['again', written],
  ])('of a role that became dangerous after the request writes nothing, %s', async (_when, before) => {
    const { db, sent } = serverThatShows([before, written], {
      'select r.rolname as name': [{ name: 'orders_read' }],
    });
    await expect(createLeaseRole(db, intent)).rejects.toThrow(
      'provider-refused: postgres: the role "orders_read" may create roles',
    );
    expect(sent).not.toContain('begin');
  });

  test.each<[what: string, comment: string | null]>([
    ['no mark', null],
    ['the mark of another lease', commentFor('lease_2')],
  ])('does not change a role of the same name with %s', async (_what, comment) => {
    const { db, sent } = serverThatShows([{ ...written, comment: comment as never }]);
    await expect(createLeaseRole(db, intent)).rejects.toThrow(
      new Error(
        'provider-refused: postgres: a role curfew_lease_1 exists that Curfew did not create. Rename or drop it',
      ),
    );
    expect(sent).not.toContain('begin');
  });

  test.each(['', undefined])('without a password is refused before any statement: %j', async (secret) => {
    const { db, sent } = serverThatShows([]);
    const { secret: _, ...without } = intent;
    await expect(
      createLeaseRole(db, { ...without, ...(secret !== undefined && { secret }) }),
    ).rejects.toThrow(
      new Error('provider-refused: postgres: the login of a lease needs a password, and none was passed'),
    );
    expect(sent).toEqual([]);
  });
});

describe('a revoke', () => {
  const revoke = async (states: readonly Row[], answers: Answers = {}) => {
    const { db, sent } = serverThatShows(states, answers);
    return { receipt: await removeLeaseRole(db, 'postgres://a:b@127.0.0.1:1/x', intent, neverAborts), sent };
  };
  const disabled = { ...written, login: false, member: false };
  const loose = { ...written, member: false };

  test('disables the login and revokes the membership in one transaction, then terminates, then drops', async () => {
    const { sent } = await revoke([written, disabled, undefined]);
    expect(sent.filter((sql) => /^(begin|commit|alter|revoke|grant|drop|select pg_term)/.test(sql))).toEqual([
      'begin',
      'alter role "curfew_lease_1" with nologin password null connection limit 0',
      'revoke "orders_read" from "curfew_lease_1"',
      'grant "curfew_lease_1" to current_user with inherit true, set true',
      'commit',
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
      'begin',
      'drop role "curfew_lease_1"',
      'commit',
    ]);
  });

  test('passes only the lease, its role and the oid of its role to its statements', async () => {
    const { db, values } = serverThatShows([written, disabled, undefined]);
    await removeLeaseRole(db, 'postgres://a:b@127.0.0.1:1/x', intent, neverAborts);
    const role = ['curfew_lease_1', 'orders_read'];
    expect(values).toEqual([['lease_1'], role, ['42'], ['42'], ['42'], role, ['42'], role]);
  });

  const MEMBERSHIPS = 'select distinct g.rolname';
  test('revokes no membership that is already gone', async () =>
    expect((await revoke([written, disabled, undefined], { [MEMBERSHIPS]: [] })).sent).not.toContain(
      'revoke "orders_read" from "curfew_lease_1"',
    ));

  test('revokes every membership by its current name, because the role of the entitlement may be renamed', async () => {
    const groups = [{ name: 'orders_read_2' }, { name: 'audit' }];
    const { sent } = await revoke([written, disabled, undefined], { [MEMBERSHIPS]: groups });
    expect(sent).toEqual(
      expect.arrayContaining([
        'revoke "orders_read_2" from "curfew_lease_1"',
        'revoke "audit" from "curfew_lease_1"',
      ]),
    );
  });

  test('of a role that is kept names the memberships that somebody else gave', async () =>
    expect(
      (await revoke([written, disabled, disabled], { 'drop role': refusedWith('2BP01') })).receipt.note,
    ).toContain('Somebody else made the role a member of orders_read. Revoke that by hand.'));

  test('of a role that is kept names each of several memberships', async () => {
    const answers = {
      [MEMBERSHIPS]: [{ name: 'audit' }, { name: 'orders_read' }],
      'drop role': refusedWith('2BP01'),
    };
    expect((await revoke([written, disabled, disabled], answers)).receipt.note).toContain(
      'Somebody else made the role a member of audit, orders_read. Revoke that by hand.',
    );
  });

  test('of a role that could not log in before lowers nothing', async () =>
    expect((await revoke([disabled, disabled, undefined])).receipt).toEqual({
      level: 'none',
      seen: 'no role curfew_lease_1; 3 sessions were terminated',
    }));

  test('has a receipt with the number of sessions', async () =>
    expect((await revoke([written, disabled, undefined])).receipt).toEqual({
      level: 'none',
      seen: 'no role curfew_lease_1; 3 sessions were terminated',
      lowered: true,
    }));

  test('of a role that is kept has a receipt that says so', async () =>
    expect(
      (await revoke([written, disabled, disabled], { [MEMBERSHIPS]: [], 'drop role': refusedWith('2BP01') }))
        .receipt,
    ).toEqual({
      level: 'none',
      seen: 'role curfew_lease_1 cannot log in; 3 sessions were terminated',
      note: 'The role could not be dropped, so it is kept without login (provider-refused: postgres: 2BP01 no).',
      lowered: true,
    }));

  test('has one receipt with all three notes', async () => {
    const { receipt } = await revoke([written, disabled, disabled], {
      [MEMBERSHIPS]: [],
      'select distinct case': [{ datname: null }],
      'select pg_describe_object': [{ what: 'table t' }],
      'select format': [{ what: 'SELECT on t to bo' }],
      'drop role': refusedWith('2BP01'),
    });
    expect(receipt.note).toBe(
      'Created by the person, now owned by curfew_lease_1_leftovers: table t. Granted to others by the person: SELECT on t to bo. ' +
        'The role could not be dropped, so it is kept without login (provider-refused: postgres: 2BP01 no).',
    );
  });

  test.each<[what: string, comment: string | null]>([
    ['no mark', null],
    ['the mark of another lease', commentFor('lease_2')],
  ])('does not change a role of the same name with %s', async (_what, comment) => {
    const theirs = { ...written, comment: comment as never };
    const { receipt, sent } = await revoke([theirs]);
    expect(receipt).toEqual({ level: 'none', seen: 'no role curfew_lease_1 that Curfew created' });
    expect(sent).not.toContain('begin');
    const { db, sent: sentToTerminate } = serverThatShows([theirs]);
    expect(await terminateLeaseSessions(db, intent)).toBe(0);
    expect(sentToTerminate).not.toContain('begin');
  });

  test('terminates sessions alone only of a role with the mark of the lease', async () => {
    const { db, sent } = serverThatShows([written]);
    expect(await terminateLeaseSessions(db, intent)).toBe(3);
    expect(sent).toContain('select pg_advisory_lock(hashtextextended($1, 0))');
    expect(sent.at(-1)).toBe('rollback');
  });

  test('of access that is not there changes nothing', async () => {
    const { receipt, sent } = await revoke([undefined]);
    expect(receipt).toEqual({ level: 'none', seen: 'no role curfew_lease_1 that Curfew created' });
    expect(sent).not.toContain('begin');
    expect(sent).toContain('select pg_advisory_lock(hashtextextended($1, 0))');
  });

  test.each<[what: string, states: readonly Row[], message: string]>([
    ['before it is dropped', [written, written, undefined], 'may still log in'],
    ['after it was kept', [written, disabled, written], 'may log in again'],
    ['before it is dropped, as a member of no role', [written, loose, undefined], 'may still log in'],
    ['after it was kept, as a member of no role', [written, disabled, loose], 'may log in again'],
  ])('is not verified when the role may log in %s', async (_what, states, message) =>
    expect(revoke(states)).rejects.toThrow(
      new Error(`not-verified: postgres: the role curfew_lease_1 ${message}`),
    ),
  );
});
