import { describe, expect, test } from '@jest/globals';
import { createLeaseRole } from '../../providers/postgres/lease-role.ts';
import { addressOf } from './postgres.fixture.ts';
import { commentFor, endsAt, intent, type Row, serverThatShows, written } from './postgres-lease.fixture.ts';

describe('a grant', () => {
  const grant = async (states: readonly Row[]) => {
    const { db, sent } = serverThatShows(states);
    const receipt = await createLeaseRole(db, { replicas: [] }, intent);
    return {
      receipt,
      writes: sent.slice(sent.indexOf('begin')).filter((sql) => !sql.trimStart().startsWith('select')),
    };
  };
  const verifier = expect.stringMatching(
    /^create role "curfew_lease_1" with login password 'SCRAM-SHA-256\$4096:[^']+' valid until '2027-01-02T12:00:00.000Z' connection limit 5$/,
  );
  const rest = [
    'grant "orders_read" to "curfew_lease_1" with inherit true, set false',
    'grant "curfew_lease_1" to "curfew_reaper" with admin option, inherit false, set false',
    `comment on role "curfew_lease_1" is '{"curfew":1,"lease":"lease_1","database":"orders_live","since":"99","until":${endsAt}}'`,
    'commit',
  ];
  const loose = { ...written, memberOf: [] };

  test('creates the role with its end, its limit, its membership and its mark in one transaction', async () =>
    expect((await grant([undefined, written, written])).writes).toEqual(['begin', verifier, ...rest]));

  test('where read replicas are named, lets Curfew end sessions of the login there, in the same transaction', async () => {
    const { db, sent } = serverThatShows([undefined, written, written]);
    await createLeaseRole(db, { replicas: [addressOf('postgres://replica.example/orders')] }, intent);
    const [from, to] = [sent.indexOf('begin'), sent.indexOf('commit')];
    expect(sent.slice(from, to)).toContain(
      'grant "curfew_lease_1" to current_user with inherit true, set true',
    );
  });

  test('corrects the role when it exists, and Curfew gives up its own privileges of it', async () =>
    expect((await grant([loose, written, written])).writes).toEqual([
      'begin',
      expect.stringMatching(/^alter role "curfew_lease_1" with login password 'SCRAM[^']+' valid until /),
      'revoke "curfew_lease_1" from current_user',
      ...rest,
    ]));

  test('waits for another attempt before it reads anything', async () => {
    const { db, sent } = serverThatShows([undefined, written, written]);
    await createLeaseRole(db, { replicas: [] }, intent);
    expect(sent.slice(0, 2)).toEqual([
      `set lock_timeout = '2s'`,
      'select pg_advisory_lock(hashtextextended($1, 0))',
    ]);
  });

  test('has a receipt that names the role, its membership and its end', async () =>
    expect((await grant([undefined, written, written])).receipt).toEqual({
      level: 'present',
      found: 'none',
      seen: 'role curfew_lease_1 (oid 42) is a member of orders_read until 2027-01-02T12:00:00.000Z',
    }));

  test.each<[what: string, before: Row, found: string]>([
    ['a role that could log in', written, 'present'],
    ['a role without login that is still a member', { ...written, login: false }, 'present'],
    ['a role without login and membership', { ...loose, login: false }, 'none'],
  ])('says what was there before: %s', async (_what, before, found) =>
    expect((await grant([before, written, written])).receipt.found).toBe(found),
  );

  test('keeps the number of the transaction that granted the lease first', async () => {
    const comment = JSON.stringify({ ...JSON.parse(written.comment), since: '7' });
    const { writes } = await grant([{ ...written, comment }, written, written]);
    expect(writes.find((sql) => sql.startsWith('comment'))).toContain('"since":"7"');
  });

  test('of a role whose name belongs to another role by now is rolled back (F24)', async () => {
    const { db, sent } = serverThatShows([
      undefined,
      { ...written, memberOf: [{ oid: '8', name: 'orders_read' }] },
    ]);
    await expect(createLeaseRole(db, { replicas: [] }, intent)).rejects.toThrow(
      new Error('target-missing: postgres: the role "orders_read" was replaced during the grant'),
    );
    expect(sent.at(-1)).toBe('rollback');
  });

  test('of a role that somebody renamed is refused, because its password would not work', async () => {
    const { db, sent } = serverThatShows([{ ...written, name: 'renamed' }]);
    await expect(createLeaseRole(db, { replicas: [] }, intent)).rejects.toThrow(
      new Error('provider-refused: postgres: somebody renamed the role of this lease to renamed'),
    );
    expect(sent).not.toContain('begin');
  });

  test.each<[what: string, row: Row]>([
    ['is not there', undefined],
    ['may not log in', { ...written, login: false }],
    ['is not a member', loose],
    [
      'is a member of another role of that name',
      { ...written, memberOf: [{ oid: '8', name: 'orders_read' }] },
    ],
    ['has another end', { ...written, validUntil: String(endsAt + 1) }],
    ['has no end', { ...written, validUntil: null as never }],
  ])('is not verified when afterwards the role %s', async (_what, row) =>
    expect(grant([undefined, written, row])).rejects.toThrow(
      new Error('not-verified: postgres: the role curfew_lease_1 does not read back as it was written'),
    ),
  );

  test.each([
    ['for the first time', undefined],
    ['again', written],
  ])('of a role that became dangerous after the request writes nothing, %s', async (_when, before) => {
    const { db, sent } = serverThatShows([before, written, written], {
      'select g.oid::text': [{ oid: '7', dangerous: 'orders_read' }],
    });
    await expect(createLeaseRole(db, { replicas: [] }, intent)).rejects.toThrow(
      'provider-refused: postgres: the role "orders_read" may create roles',
    );
    expect(sent).not.toContain('begin');
  });

  test.each<[what: string, comment: string | null]>([
    ['no mark', null],
    ['the mark of another lease', commentFor('lease_2')],
  ])('does not change a role of the same name with %s', async (_what, comment) => {
    const { db, sent } = serverThatShows([{ ...written, comment: comment as never }]);
    await expect(createLeaseRole(db, { replicas: [] }, intent)).rejects.toThrow(
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
      createLeaseRole(db, { replicas: [] }, { ...without, ...(secret !== undefined && { secret }) }),
    ).rejects.toThrow(
      new Error('provider-refused: postgres: the login of a lease needs a password, and none was passed'),
    );
    expect(sent).toEqual([]);
  });
});
