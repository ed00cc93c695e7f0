import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted } from '../../providers/postgres/names.ts';
import type { Intent } from '../../providers/provider.ts';
import { intentFor, revoking } from './conformance.fixture.ts';
import { until } from '../until.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { type PostgresFixture, postgresFixture, run } from './postgres.fixture.ts';
import { OLDEST_MAJOR } from '../../sandbox/launch/postgres-binaries.ts';
import { startStatisticsServer } from './postgres-statistics.fixture.ts';
import { binariesOf } from './postgres-standby.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

type Granted = Readonly<{ intent: Intent<PostgresTarget>; grantedAt: Instant }>;

const opened: PostgresFixture[] = [];
afterEach(async () => {
  for (const fixture of opened.splice(0)) await fixture.stop?.();
});

async function open(server: string): Promise<PostgresFixture> {
  const fixture = await postgresFixture(server);
  opened.push(fixture);
  return fixture;
}

async function granted(fixture: PostgresFixture): Promise<Granted> {
  const intent = await intentFor(fixture, { endsAt: (Date.now() + 3_600_000) as Instant });
  await fixture.provider.ensurePresent(intent, neverAborts);
  return { intent, grantedAt: Date.now() as Instant };
}

/** Runs statements with the login of the lease, and closes the session. */
async function uses(
  fixture: PostgresFixture,
  intent: Intent<PostgresTarget>,
  ...statements: readonly string[]
) {
  const client = await fixture.login(intent);
  for (const sql of statements) await client.query(sql);
  await client.end();
}

const read = (
  { provider }: Pick<PostgresFixture, 'provider'>,
  { intent: { lease, subject, target }, grantedAt }: Granted,
  more: Readonly<{ mark?: string | undefined; endedAt?: Instant }> = {},
): Promise<Use> =>
  provider.readUse(
    {
      ...{ lease, subject, target, grantedAt, now: Date.now() as Instant },
      ...(more.mark === undefined ? {} : { mark: more.mark }),
      ...(more.endedAt === undefined ? {} : { endedAt: more.endedAt }),
    },
    neverAborts,
  );

/** More statements of different shapes than the server of the test keeps. */
const MANY_STATEMENTS = `do $$ begin for n in 1..1100 loop
  execute 'select 1' || (select string_agg(case when (n >> b) & 1 = 1 then '+1' else '-1' end, '' order by b) from generate_series(0, 10) b);
end loop; end $$`;

const SECRET = 'a text that nobody but its writer may read';

describe.each([18, OLDEST_MAJOR].flatMap((major) => binariesOf(major) ?? []))(
  'on Postgres $major with pg_stat_statements',
  (binaries) => {
    let server: Awaited<ReturnType<typeof startStatisticsServer>>;
    beforeAll(async () => {
      server = await startStatisticsServer(binaries);
    });
    afterAll(() => server.stop());

    const ready = async () => {
      const fixture = await open(server.url);
      await fixture.sql('create extension pg_stat_statements');
      return { fixture, lease: await granted(fixture) };
    };

    test('the statements of the lease are counted, and their text is nowhere', async () => {
      const { fixture, lease } = await ready();
      await uses(fixture, lease.intent, 'select * from orders', `select '${SECRET}'`, 'select 1');
      const use = await read(fixture, lease);
      expect(use).toMatchObject({
        kind: 'known',
        amount: 3,
        unit: 'statements',
        source: 'pg_stat_statements',
      });
      expect(use).toMatchObject({ covers: { from: lease.grantedAt } });
      expect(JSON.stringify(use)).not.toMatch(/select|orders|a text/);
    });

    test('the numbers can be read after the role is dropped, when a reading had noted its oid', async () => {
      const { fixture, lease } = await ready();
      const { mark } = await read(fixture, lease);
      await uses(fixture, lease.intent, 'select 1', 'insert into orders values (8)');
      await fixture.provider.ensureAbsent(revoking(lease.intent), neverAborts);
      expect(await fixture.vendor.level(lease.intent)).toBe('none');
      const endedAt = Date.now() as Instant;
      expect(await read(fixture, lease, { mark, endedAt })).toMatchObject({
        amount: 2,
        covers: { until: endedAt },
      });
      expect(await read(fixture, lease, { endedAt })).toMatchObject({
        kind: 'unknown',
        why: 'the role is gone, and no reading had noted its oid',
      });
    });

    const before16 = binaries.major < 16;
    test(`statements after SET ROLE ${before16 ? 'make zero unknown' : 'are refused'}`, async () => {
      const { fixture, lease } = await ready();
      const becoming = uses(
        fixture,
        lease.intent,
        `set role ${quoted(fixture.names.readers)}`,
        'select * from orders',
      );
      if (!before16) return expect(becoming).rejects.toThrow('permission denied');
      await becoming;
      expect(await read(fixture, lease)).not.toHaveProperty('covers');
    });

    if (binaries.major === OLDEST_MAJOR) return; // The rest does not depend on the version.

    test('nothing done is zero, for the time since the grant', async () => {
      const { fixture, lease } = await ready();
      expect(await read(fixture, lease)).toMatchObject({
        kind: 'known',
        amount: 0,
        covers: { from: lease.grantedAt },
      });
    });

    test('writing is known as not used when nothing was written, and is unknown otherwise', async () => {
      const { fixture, lease } = await ready();
      await fixture.sql('vacuum orders');
      await uses(fixture, lease.intent, 'select 1');
      expect(await read(fixture, lease)).toMatchObject({ parts: [{ part: 'writing', use: 'not-used' }] });
      await uses(fixture, lease.intent, 'insert into orders values (9)');
      expect(await read(fixture, lease)).toMatchObject({ parts: [{ part: 'writing', use: 'unknown' }] });
    });

    test.each<[why: string, sql: (fixture: PostgresFixture) => string, expected: string]>([
      ['a reset after the grant', () => 'select pg_stat_statements_reset()', 'were reset after the grant'],
      [
        'a crash of the server after the grant, which begins the other statistics anew',
        () => `select pg_stat_reset_shared('bgwriter')`,
        'were reset after the grant',
      ],
      [
        'statements that are not tracked for a database',
        ({ names }) => `alter database ${names.db} set pg_stat_statements.track = 'none'`,
        'does not track',
      ],
      [
        'statements of a database get no query identifier',
        ({ names }) => `alter database ${names.db} set compute_query_id = 'off'`,
        'does not track',
      ],
    ])('zero is not known after %s', async (_why, sql, expected) => {
      const { fixture, lease } = await ready();
      await fixture.sql(sql(fixture));
      expect(await read(fixture, lease)).toMatchObject({
        kind: 'unknown',
        why: expect.stringContaining(expected),
      });
    });

    test('zero is not known when the server gives statements no query identifier', async () => {
      const { fixture, lease } = await ready();
      const becomes = async (sql: string, value: string) => {
        await run(server.url, sql);
        await run(server.url, 'select pg_reload_conf()');
        await until(`the setting is ${value}`, async () => {
          const [row] = await run(server.url, `select current_setting('compute_query_id') as value`);
          return row?.['value'] === value;
        });
      };
      await becomes(`alter system set compute_query_id = 'off'`, 'off');
      const use = await read(fixture, lease);
      await becomes('alter system reset compute_query_id', 'auto');
      expect(use).toMatchObject({ kind: 'unknown', why: expect.stringContaining('does not track') });
    });

    test('a database without the extension shows the sessions that are open, and no zero', async () => {
      const fixture = await open(server.url);
      const lease = await granted(fixture);
      expect(await read(fixture, lease)).toMatchObject({
        kind: 'unknown',
        source: 'pg_stat_activity',
        why: 'the extension pg_stat_statements is not installed in this database',
      });
      const client = await fixture.login(lease.intent);
      const use = await read(fixture, lease);
      await client.end();
      expect(use).toMatchObject({ kind: 'known', amount: 1, unit: 'sessions', source: 'pg_stat_activity' });
      expect(use).not.toHaveProperty('covers');
      await run(fixture.adminUrl, 'select 1');
      expect(await read(fixture, lease, { mark: use.mark })).toMatchObject({ amount: 1, unit: 'sessions' });
    });

    test('a replica that does not answer makes zero unknown', async () => {
      const { fixture, lease } = await ready();
      const gone = fixture.adminUrl.replace(/:\d+\//, ':1/');
      const provider = postgresProvider({
        databases: { orders: fixture.adminUrl },
        replicas: { orders: [gone] },
      });
      expect(await read({ provider } as never, lease)).toMatchObject({
        kind: 'unknown',
        why: 'a read replica did not answer',
      });
    });

    // It fills what the server keeps, so it is the last test on this server.
    test('entries that were discarded make the time before the next reading unknown', async () => {
      const { fixture, lease } = await ready();
      await fixture.sql(`set pg_stat_statements.track = 'all'`);
      await fixture.sql(MANY_STATEMENTS);
      const first = await read(fixture, lease);
      expect(first).toMatchObject({ kind: 'known', amount: 0 });
      const { covers } = first as Extract<Use, { kind: 'known' }>;
      expect(covers?.from).toBeGreaterThan(lease.grantedAt);
      expect(await read(fixture, lease, { mark: first.mark })).toMatchObject({
        covers: { from: covers?.from },
      });
    });
  },
);

test.each(VERSIONS)(
  'on Postgres $version, whose server has not loaded the extension, zero is unknown',
  async ({ url }) => {
    const fixture = await open(url);
    const lease = await granted(fixture);
    await fixture.sql('create extension pg_stat_statements');
    expect(await read(fixture, lease)).toMatchObject({
      kind: 'unknown',
      why: 'pg_stat_statements is not in shared_preload_libraries of the server',
    });
  },
);
