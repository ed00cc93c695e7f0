import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import { intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { connected, postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;
type Granted = Awaited<ReturnType<typeof intentFor<PostgresFixture['target']>>>;

for (const { version, url } of VERSIONS) {
  describe(`cutting off at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());

    const grant = async () => {
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };
    const cutOff = (intents: readonly Granted[]) =>
      fixture.provider.cutOff?.(
        {
          leases: intents.map((each) => revoking(each)),
          wholeAccount: false,
          beforeChange: () => Promise.resolve(),
        },
        neverAborts,
      );
    const nameOf = ({ lease }: Granted) => roleName(lease);
    const asSuperuser = () => connected(withParts(url, { database: fixture.names.db }));

    test('a role that is locked, or that Curfew may not change, is named, and holds no other one up (F32)', async () => {
      fixture = await postgresFixture(url);
      const [locked, forbidden, one, two] = [await grant(), await grant(), await grant(), await grant()];
      const sessions = new Map<Granted, Awaited<ReturnType<typeof connected>>>();
      for (const each of [locked, forbidden, one]) sessions.set(each, await fixture.login(each));
      await fixture.sql(`alter role ${quoted(nameOf(forbidden))} superuser`);
      const other = await asSuperuser();
      await other.query(`begin; alter role ${quoted(nameOf(locked))} connection limit 4`);

      expect(await cutOff([locked, forbidden, one, two])).toEqual({
        seen: `2 of 4 logins of orders are disabled, and 2 sessions were terminated. Not done: ${[
          `the login of ${nameOf(locked)} (somebody else has locked it)`,
          `the login of ${nameOf(forbidden)} (Curfew's login has no right to change it)`,
          `the sessions of ${nameOf(forbidden)} (Curfew's login has no right to change it)`,
        ].join(', ')}`,
        again: [locked.lease, forbidden.lease],
      });
      await expect(sessions.get(one)?.query('select 1')).rejects.toThrow();
      await expect(sessions.get(locked)?.query('select 1')).rejects.toThrow();
      await expect(fixture.login(two)).rejects.toThrow('not permitted to log in');
      expect((await sessions.get(forbidden)?.query('select 1 as one'))?.rows).toEqual([{ one: 1 }]);

      await other.query('rollback');
      await other.end();
      await fixture.sql(`alter role ${quoted(nameOf(forbidden))} nosuperuser`);
      expect(await cutOff([locked, forbidden])).toEqual({
        seen: '2 of 2 logins of orders are disabled, and 1 sessions were terminated',
        again: [],
      });
    });

    test('a role that is gone is done, also when it goes meanwhile; one that was renamed is disabled by its mark', async () => {
      fixture = await postgresFixture(url);
      const [gone, going, renamed, last] = [await grant(), await grant(), await grant(), await grant()];
      await fixture.sql(`drop role ${quoted(nameOf(gone))}`);
      const newName = quoted(`${nameOf(renamed)}_x`);
      await fixture.sql(`alter role ${quoted(nameOf(renamed))} rename to ${newName}`);
      fixture.proxy.arm({
        when: (sql) => sql === `alter role ${quoted(nameOf(going))} with nologin`,
        act: { after: async () => void (await fixture.sql(`drop role ${quoted(nameOf(going))}`)) },
      });
      expect(await cutOff([gone, going, renamed, last])).toEqual({
        seen: '2 of 4 logins of orders are disabled, 2 are gone, and 0 sessions were terminated',
        again: [],
      });
      expect(
        await fixture.sql('select rolname from pg_roles where rolcanlogin and rolname like $1', [
          `${nameOf(renamed)}%`,
        ]),
      ).toEqual([]);
    });

    test('a login that is disabled already loses its open sessions too', async () => {
      fixture = await postgresFixture(url);
      const intent = await grant();
      const session = await fixture.login(intent);
      await fixture.sql(`alter role ${quoted(nameOf(intent))} nologin`);
      expect(await cutOff([intent])).toEqual({
        seen: '1 of 1 logins of orders are disabled, and 1 sessions were terminated',
        again: [],
      });
      await expect(session.query('select 1')).rejects.toThrow();
    });

    test('a connection that breaks leaves all leases of the database to be tried again', async () => {
      fixture = await postgresFixture(url);
      const intent = await grant();
      fixture.proxy.arm({ when: (sql) => sql.startsWith('alter role'), act: 'drop-before' });
      expect(await cutOff([intent])).toEqual({
        seen: expect.stringMatching(/^nothing is cut off at orders yet: provider-unavailable: /),
        again: [intent.lease],
      });
    });
  });
}
