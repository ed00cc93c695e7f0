import { describe, expect, test } from '@jest/globals';
import type { Database } from '../../providers/postgres/databases.ts';
import { revokeLogin } from '../../providers/postgres/revoke.ts';
import { refusedWith } from './postgres-db.fixture.ts';
import { addressOf } from './postgres.fixture.ts';
import {
  type Answers,
  commentFor,
  intent,
  type Row,
  serverThatShows,
  written,
} from './postgres-lease.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

/** Nothing listens there, so a test login gets no answer. */
const database: Database = {
  name: 'orders',
  address: addressOf('postgres://a:b@127.0.0.1:1/x'),
  replicas: [],
};
const NO_ANSWER = 'a test login got no answer, so the system catalogue of the primary is the proof';

describe('a revoke', () => {
  const revoke = async (states: readonly Row[], answers: Answers = {}) => {
    const { db, sent } = serverThatShows(states, answers);
    return { receipt: await revokeLogin(db, database, intent, neverAborts), sent };
  };
  const disabled = { ...written, login: false, memberOf: [] };
  const stray = { ...disabled, memberOf: [{ oid: '7', name: 'orders_read' }] };
  const loose = { ...written, memberOf: [] };

  test('disables the login, then revokes the membership, then terminates, then drops', async () => {
    const { sent } = await revoke([written, disabled, undefined]);
    expect(sent.filter((sql) => /^(begin|commit|alter|revoke|grant|drop|select pg_term)/.test(sql))).toEqual([
      'begin',
      'alter role "curfew_lease_1" with nologin password null connection limit 0',
      'commit',
      'begin',
      'revoke "orders_read" from "curfew_lease_1"',
      'grant "curfew_lease_1" to current_user with inherit true, set true',
      'commit',
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
      'begin',
      'drop role "curfew_lease_1"',
      'commit',
    ]);
  });

  test('waits for the standbys after the role was dropped, so that they have that too (I3)', async () => {
    const { sent } = await revoke([written, disabled, undefined]);
    const wait = sent.findLastIndex((sql) => sql.includes('pg_logical_emit_message'));
    expect(wait).toBeGreaterThan(sent.indexOf('drop role "curfew_lease_1"'));
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
      (await revoke([written, disabled, stray], { 'drop role': refusedWith('2BP01') })).receipt.note,
    ).toContain('Somebody else made the role a member of orders_read. Revoke that by hand.'));

  test('of a role that is kept names each of several memberships', async () => {
    const two = { ...disabled, memberOf: [{ oid: '8', name: 'audit' }, ...stray.memberOf] };
    const { receipt } = await revoke([written, disabled, two], { 'drop role': refusedWith('2BP01') });
    expect(receipt.note).toContain(
      'Somebody else made the role a member of audit, orders_read. Revoke that by hand.',
    );
  });

  test('of a role that is kept with such a membership lowers nothing again, so that no repair is recorded each time', async () =>
    expect(
      (await revoke([stray, stray, stray], { 'drop role': refusedWith('2BP01') })).receipt,
    ).not.toHaveProperty('lowered'));

  test('of a role that is kept with such a membership lowers the access the first time, because the login is gone', async () =>
    expect(
      (await revoke([{ ...stray, login: true }, stray, stray], { 'drop role': refusedWith('2BP01') }))
        .receipt,
    ).toMatchObject({ found: 'present', lowered: true }));

  test('of a role that is kept with such a membership lowers the access when another membership is gone', async () => {
    const both = { ...stray, memberOf: [...stray.memberOf, { oid: '8', name: 'audit' }] };
    const { receipt } = await revoke([both, stray, stray], { 'drop role': refusedWith('2BP01') });
    expect(receipt).toMatchObject({ found: 'present', lowered: true });
  });

  test('of a role that could not log in before lowers nothing', async () =>
    expect((await revoke([disabled, disabled, undefined])).receipt).toEqual({
      level: 'none',
      found: 'none',
      seen: `no role curfew_lease_1; 3 sessions were terminated; ${NO_ANSWER}`,
    }));

  test('has a receipt with the number of sessions', async () =>
    expect((await revoke([written, disabled, undefined])).receipt).toEqual({
      level: 'none',
      found: 'present',
      seen: `no role curfew_lease_1; 3 sessions were terminated; ${NO_ANSWER}`,
      lowered: true,
    }));

  test('of a role that is kept has a receipt that says so', async () =>
    expect(
      (await revoke([written, disabled, disabled], { 'drop role': refusedWith('2BP01') })).receipt,
    ).toEqual({
      level: 'none',
      found: 'present',
      seen: `role curfew_lease_1 cannot log in; 3 sessions were terminated; ${NO_ANSWER}`,
      note: 'The role could not be dropped, so it is kept without login (provider-refused: postgres: 2BP01 no).',
      lowered: true,
    }));

  test('has one receipt with all three notes', async () => {
    const { receipt } = await revoke([written, disabled, disabled], {
      'select case when d.datname': [{ database: null, own: true }],
      'select pg_describe_object': [{ what: 'table t' }],
      "select format('%s on": [{ what: 'SELECT on t to bo' }],
      'drop role': refusedWith('2BP01'),
    });
    expect(receipt.note).toBe(
      'Created or taken over by the person, now owned by curfew_lease_1_leftovers: table t. Granted to others by the person: SELECT on t to bo. ' +
        'The role could not be dropped, so it is kept without login (provider-refused: postgres: 2BP01 no).',
    );
  });

  test.each<[what: string, theirs: Row]>([
    ['no mark, which may not log in and is a member of no role', { ...disabled, comment: null as never }],
    ['the mark of another lease', { ...written, comment: commentFor('lease_2') }],
  ])('does not change a role of the same name with %s', async (_what, theirs) => {
    const { receipt, sent } = await revoke([theirs, theirs]);
    expect(receipt).toEqual({
      level: 'none',
      found: 'none',
      seen: `no role curfew_lease_1 that Curfew created; ${NO_ANSWER}`,
    });
    expect(sent).not.toContain('begin');
  });

  test.each<[what: string, over: Partial<typeof written>, says: string]>([
    ['may log in', { memberOf: [] }, 'It may log in.'],
    ['is a member of a role', { login: false }, 'It is a member of other roles.'],
  ])(
    'has no receipt while a role without a mark has the name of the lease and %s (F24)',
    async (_what, over, says) => {
      const theirs = { ...written, ...over, comment: null as never };
      await expect(revoke([theirs, theirs])).rejects.toThrow(
        `not-verified: postgres: the role curfew_lease_1 has the name of this lease and no mark of Curfew, because somebody changed its comment or created it. ${says} Write the comment of the lease again (comment on role "curfew_lease_1" is '{"curfew":1,"lease":"lease_1","database":""}'), or drop the role`,
      );
    },
  );

  test('of access that is not there changes nothing', async () => {
    const { receipt, sent } = await revoke([undefined]);
    expect(receipt).toEqual({
      level: 'none',
      found: 'none',
      seen: `no role curfew_lease_1 that Curfew created; ${NO_ANSWER}`,
    });
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
