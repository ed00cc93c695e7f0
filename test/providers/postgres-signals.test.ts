import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { isSessionStarting, postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';
import { until } from '../until.fixture.ts';

for (const { version, url } of VERSIONS) {
  describe(`a login at postgres ${version} that may end any session`, () => {
    let fixture: PostgresFixture;
    let other: pg.Client | undefined;
    afterEach(async () => {
      await other?.end().catch(() => undefined);
      other = undefined;
      await fixture.stop?.();
    });

    /** A session of another person that takes long to start. Nothing says whose it is until it has started. */
    const startSlowly = async () => {
      const suffix = fixture.names.owner.replace('owner_', '');
      await fixture.sql(`create role other_${suffix} login password 'p'`);
      return until('a session is starting', async () => {
        await other?.end().catch(() => undefined);
        const client = new pg.Client({
          connectionString: withParts(url, {
            user: `other_${suffix}`,
            password: 'p',
            database: fixture.names.db,
          }),
          options: '-c post_auth_delay=5',
        });
        client.on('error', () => undefined);
        other = client;
        let isOver = false;
        const connected = client.connect().finally(() => (isOver = true));
        connected.catch(() => undefined); // the test awaits it, or the next attempt replaces it
        while (!isOver) if (await isSessionStarting(fixture)) return { connected };
        await connected;
        return undefined;
      });
    };

    test.each([
      ['a superuser', () => withParts(url, { database: fixture.names.db })],
      ['a member of pg_signal_backend', () => fixture.adminUrl],
    ])('does not end the starting session of another person: %s', async (who, address) => {
      fixture = await postgresFixture(url);
      if (who !== 'a superuser') await fixture.sql(`grant pg_signal_backend to ${fixture.names.granter}`);
      const provider = postgresProvider({ databases: { orders: address() } });
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const { connected } = await startSlowly();
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        seen: expect.stringContaining('0 sessions were terminated'),
      });
      await connected;
      expect((await other?.query('select 1 as one'))?.rows).toEqual([{ one: 1 }]);
    });
  });
}
