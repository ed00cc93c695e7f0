import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { messageOf } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import type { Address } from '../../providers/postgres/address.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { type Bouncer, startBouncer } from './postgres-bouncer.fixture.ts';
import { addressOf, postgresFixture, type PostgresFixture, run, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

for (const { version, url } of VERSIONS) {
  describe(`postgres ${version} as a service has it`, () => {
    let fixture: PostgresFixture;
    let bouncer: Bouncer | undefined;
    const relays: Server[] = [];
    let folder = '';
    afterEach(async () => {
      for (const server of relays.splice(0)) server.close();
      if (folder) rmSync(folder, { recursive: true, force: true });
      await bouncer?.stop();
      bouncer = undefined;
      await fixture.stop?.();
    });

    describe('behind pgbouncer', () => {
      const behind = async (ignored: readonly string[]) => {
        fixture = await postgresFixture(url);
        const { host, port } = addressOf(url);
        bouncer = await startBouncer({ host, port }, ignored);
        return postgresProvider({
          databases: { orders: withParts(fixture.adminUrl, { host: '127.0.0.1', port: bouncer.port }) },
        });
      };
      const SENTENCE =
        'postgres: a connection pooler (such as pgbouncer or RDS Proxy) answers at this address. Put the address of the server itself into CURFEW_POSTGRES_TARGETS';

      test.each<[how: string, ignored: readonly string[]]>([
        ['as it is configured by default', []],
        ['when it ignores the parameters that it cannot keep', ['options', 'statement_timeout']],
      ])('each call says what to do, and writes nothing: %s', async (_how, ignored) => {
        const provider = await behind(ignored);
        const intent = await intentFor(fixture);
        const { account, target } = fixture;
        const calls: ((the: Provider<PostgresTarget>) => Promise<unknown>)[] = [
          (the) => the.observe({ account, target }, neverAborts),
          (the) => the.ensurePresent(intent, neverAborts),
          (the) => the.ensureAbsent(revoking(intent), neverAborts),
          (the) => the.listManaged(neverAborts),
        ];
        for (const call of calls) {
          const { code, message } = await faultOf(call(provider));
          expect([code, message]).toEqual(['provider-refused', `provider-refused: ${SENTENCE}`]);
        }
        const cut = { leases: [intent], wholeAccount: false, beforeChange: () => Promise.resolve() };
        expect(await provider.cutOff?.(cut, neverAborts)).toEqual({
          seen: `nothing is cut off at orders yet: provider-refused: ${SENTENCE}`,
          again: [intent.lease],
        });
        const { permissions } = await provider.preflight({ targets: [target], duty: 'grant' }, neverAborts);
        expect(permissions).toEqual([{ severity: 'missing', what: `orders: provider-refused: ${SENTENCE}` }]);
        expect(await fixture.vendor.level(intent)).toBe('none');
      });

      test('the server itself is not taken for a pooler', async () => {
        await behind([]);
        expect(await fixture.provider.observe(fixture, neverAborts)).toMatchObject({ level: 'none' });
      });
    });

    describe('at an address that is no host name', () => {
      /** Passes a connection on, as the Auth Proxy of Cloud SQL does from a socket. */
      const relay = async (listen: ListenOptions) => {
        const { host, port } = addressOf(url);
        const server = createServer((client) => {
          const vendor = connect({ host, port });
          for (const [here, there] of [
            [client, vendor],
            [vendor, client],
          ] as const)
            here.on('error', () => there.destroy()).pipe(there);
        });
        await new Promise<void>((done, failed) => server.once('error', failed).listen(listen, done));
        relays.push(server);
        return server.address();
      };
      /** Grants and revokes through the address, and logs in with the credential in between. */
      const tried = async (address: Partial<Address>) => {
        const provider = postgresProvider({ databases: { orders: withParts(fixture.adminUrl, address) } });
        const intent = await intentFor({ ...fixture, provider }, { endsAt: inAnHour() });
        await provider.ensurePresent(intent, neverAborts);
        const { text = '' } = (await provider.issue?.(intent, { secret: intent.secret ?? '' })) ?? {};
        expect(await run(text, 'select id from orders')).toEqual([{ id: 7 }]);
        expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
          found: 'present',
          seen: expect.stringMatching(/the server refused a test login$/),
        });
        await expect(run(text, 'select 1')).rejects.toThrow('authentication failed');
      };

      test('a socket, as of Cloud SQL, works for Curfew and for the person', async () => {
        fixture = await postgresFixture(url);
        folder = mkdtempSync(join(tmpdir(), 'sql-'));
        await relay({ path: join(folder, '.s.PGSQL.5432') });
        await tried({ host: folder, port: 5432 });
      });

      test('an IPv6 address works for Curfew and for the person', async () => {
        fixture = await postgresFixture(url);
        const place = await relay({ host: '::1', port: 0 }).catch((error: unknown) => {
          console.log(`skipped: this machine has no IPv6 (${messageOf(error)})`);
        });
        if (place && typeof place === 'object') await tried({ host: '::1', port: place.port });
      });
    });

    describe('on RDS', () => {
      const restricted = async () => {
        fixture = await postgresFixture(url);
        await fixture.sql(`alter role ${fixture.names.granter} set "rds.restrict_password_commands" = 'on'`);
        return fixture;
      };
      const SENTENCE =
        'only members of rds_password may set passwords here (rds.restrict_password_commands is on)';

      test('a login that may set no passwords is refused at the first use, with the statement that helps', async () => {
        const { provider, names } = await restricted();
        const { code, message } = await faultOf(provider.observe(fixture, neverAborts));
        expect(code).toBe('provider-forbidden');
        expect(message).toContain(`${SENTENCE}. Run: grant rds_password to ${names.granter}`);
        for (const duty of ['grant', 'revoke'] as const) {
          const { permissions } = await provider.preflight({ targets: [], duty }, neverAborts);
          expect(permissions).toEqual([
            { severity: 'missing', what: expect.stringContaining(`orders: ${SENTENCE}`) },
          ]);
        }
      });

      test('a member of rds_password is accepted', async () => {
        const { provider, names } = await restricted();
        await fixture.sql(`create role rds_password; grant rds_password to ${names.granter}`);
        try {
          expect(await provider.observe(fixture, neverAborts)).toMatchObject({ level: 'none' });
          expect((await provider.preflight({ targets: [], duty: 'grant' }, neverAborts)).permissions).toEqual(
            [],
          );
        } finally {
          await fixture.sql('drop role rds_password');
        }
      });
    });
  });
}
