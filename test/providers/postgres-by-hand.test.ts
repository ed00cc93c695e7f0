import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { changesByHand } from '../../providers/postgres/by-hand.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { LeaseRole } from '../../providers/postgres/roles.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { endsAt } from './postgres-lease.fixture.ts';
import { postgresFixture, type PostgresFixture } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const group = { oid: '7', name: 'orders_read' };
const written: LeaseRole = {
  ...{ oid: '42', name: 'curfew_lease_1', canLogin: true, validUntil: endsAt, connectionLimit: 5 },
  ...{ attributes: [], memberOf: [group] },
  mark: { curfew: 1, lease: 'lease_1', database: 'orders', until: endsAt },
};
const END = '2027-01-02T12:00:00.000Z';

describe('what somebody changed by hand in the role of a lease', () => {
  test.each<[what: string, over: Partial<LeaseRole>, changes: readonly string[]]>([
    ['nothing', {}, []],
    [
      'the end, to a later one',
      { validUntil: endsAt + 60_000 },
      [`its end is 2027-01-02T12:01:00.000Z and not ${END}`],
    ],
    ['the end, to none', { validUntil: null }, [`its end is infinity and not ${END}`]],
    ['the end, to infinity', { validUntil: Infinity }, [`its end is infinity and not ${END}`]],
    ['how many sessions it may open', { connectionLimit: 9 }, ['it may open 9 sessions and not 5']],
    [
      'how many sessions it may open, to any number',
      { connectionLimit: -1 },
      ['it may open any number of sessions and not 5'],
    ],
    ['its attributes', { attributes: ['SUPERUSER', 'CREATEROLE'] }, ['it is SUPERUSER, CREATEROLE']],
    [
      'its memberships',
      { memberOf: [{ oid: '8', name: 'audit' }, group, { oid: '9', name: 'orders_read' }] },
      ['it is a member of audit, orders_read too'],
    ],
    [
      'two things',
      { connectionLimit: 9, attributes: ['CREATEDB'] },
      ['it may open 9 sessions and not 5', 'it is CREATEDB'],
    ],
  ])('%s', (_what, over, changes) => expect(changesByHand({ ...written, ...over }, group)).toEqual(changes));

  test('a role that the target names without its oid is compared by its name', () => {
    const role = { ...written, memberOf: [group, { oid: '8', name: 'audit' }] };
    expect(changesByHand(role, { name: 'orders_read' })).toEqual(['it is a member of audit too']);
  });

  test('of a role that a revoke began to close, only the end is compared', () => {
    const closing = {
      ...written,
      canLogin: false,
      connectionLimit: 0,
      memberOf: [{ oid: '8', name: 'audit' }],
    };
    expect(changesByHand(closing, group)).toEqual([]);
    expect(changesByHand({ ...closing, validUntil: null }, group)).toEqual([
      `its end is infinity and not ${END}`,
    ]);
  });

  test('the end is not compared where an earlier version of Curfew granted it', () => {
    const { until: _until, ...mark } = written.mark ?? { curfew: 1, lease: '', database: '' };
    expect(changesByHand({ ...written, mark, validUntil: null }, group)).toEqual([]);
  });
});

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

for (const { version, url } of VERSIONS) {
  describe(`a role of a lease at postgres ${version} that somebody changed by hand`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    const granted = async () => {
      fixture = await postgresFixture(url);
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };

    test('is left as it is by a repeated grant, and each receipt names every change (F24, I22)', async () => {
      const intent = await granted();
      const { provider, vendor, names } = fixture;
      await vendor.changeGranted?.(intent);
      const changes = `its end is infinity and not ${new Date(intent.endsAt).toISOString()}; it may open 9 sessions and not 5; it is a member of ${names.owner} too`;
      expect(await provider.ensurePresent(intent, neverAborts)).toMatchObject({
        level: 'present',
        found: 'present',
        note: `Somebody changed the role ${roleName(intent.lease)} by hand, so it was left as it is: ${changes}.`,
      });
      const { note } = await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(note).toBe(`Somebody changed the role by hand before the revoke: ${changes}.`);
      expect(await vendor.level(intent)).toBe('none');
    });

    test('is not taken for a changed one after the person chose a password and a later end was granted', async () => {
      const intent = await granted();
      const client = await fixture.login(intent);
      await client.query(
        `alter user current_user password 'chosen'; alter user current_user set work_mem = '1MB'`,
      );
      await client.end();
      const later = { ...intent, endsAt: (intent.endsAt + 60_000) as Instant };
      const { provider } = fixture;
      expect(await provider.ensurePresent(later, neverAborts)).not.toHaveProperty('note');
      expect(await provider.ensureAbsent(revoking(later), neverAborts)).not.toHaveProperty('note');
    });

    test('has no receipt while it is a superuser, because only a superuser may change it then (F33)', async () => {
      const intent = await granted();
      const { provider, vendor } = fixture;
      const name = quoted(roleName(intent.lease));
      await fixture.sql(`alter role ${name} superuser`);
      expect((await faultOf(provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe(
        'provider-forbidden',
      );
      await fixture.sql(`alter role ${name} nosuperuser`);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe('none');
    });
  });
}
