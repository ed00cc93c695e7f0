import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { roleName } from '../../providers/postgres/names.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { connected, postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

for (const { version, url } of VERSIONS) {
  describe(`the receipt of postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    const granted = async () => {
      fixture = await postgresFixture(url);
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      return { intent, receipt: await fixture.provider.ensurePresent(intent, neverAborts) };
    };

    test('comes when the access is closed, while a reader of somebody else still locks what the person created', async () => {
      const { intent } = await granted();
      const { provider, names } = fixture;
      const client = await fixture.login(intent);
      await client.query('create table export (id int); insert into export values (1)');
      const reader = await connected(withParts(url, { database: names.db }));
      await reader.query('begin; select id from export');
      const closed = {
        level: 'none',
        seen: expect.stringMatching(
          /cannot log in; \d sessions were terminated; the server refused a test login$/,
        ),
        untidied: `The role ${roleName(intent.lease)} is kept without login until everything that it owns can be reassigned: a session of somebody else has locked it.`,
        note: 'Created or taken over by the person, and still owned by the role: table public.export.',
      };
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toEqual({
        ...closed,
        found: 'present',
        lowered: true,
      });
      await expect(client.query('select 1')).rejects.toThrow();
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
      expect(
        await fixture.sql(
          `select rolcanlogin, exists (select from pg_auth_members where member = r.oid) as member
             from pg_roles r where rolname = $1`,
          [roleName(intent.lease)],
        ),
      ).toEqual([{ rolcanlogin: false, member: false }]);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toEqual({
        ...closed,
        found: 'none',
      });
      await reader.query('commit');
      await reader.end();
      const tidied = await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(tidied).toEqual({
        level: 'none',
        found: 'none',
        seen: `no role ${roleName(intent.lease)}; 0 sessions were terminated; the server refused a test login`,
        note: `Created or taken over by the person, now owned by ${names.owner}: table public.export.`,
      });
    });

    test('says what was there before the call', async () => {
      const { intent, receipt } = await granted();
      const { provider } = fixture;
      expect(receipt.found).toBe('none');
      expect((await provider.ensurePresent(intent, neverAborts)).found).toBe('present');
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).found).toBe('present');
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).found).toBe('none');
    });

    test('is not given when the test login succeeds, because the server demands no password of a role', async () => {
      const { intent } = await granted();
      const name = roleName(intent.lease);
      await fixture.sql(`comment on role ${name} is null`); // so that Curfew does not see that it is its own
      const { code } = await faultOf(fixture.provider.ensureAbsent(intent, neverAborts));
      expect(code).toBe('not-verified');
      await fixture.sql(`drop role ${name}`);
    });
  });
}
