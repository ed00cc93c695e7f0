import { afterEach, describe, expect, test } from '@jest/globals';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { startPgServer, stopServers } from './postgres-server.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const NOWHERE = 'postgres://granter:p@127.0.0.1:1/orders';
const GONE = 'the server of orders does not answer, and CURFEW_POSTGRES_GONE says that it is gone';

for (const { version, url } of VERSIONS.slice(0, 1))
  describe(`a server that an operator said is gone, with postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => {
      await fixture.stop?.();
      await stopServers();
    });
    const providerAt = (address: string, gone?: readonly string[]) =>
      postgresProvider({ databases: { orders: address }, replicas: { orders: [] }, ...(gone && { gone }) });
    const granted = async () => {
      fixture = await postgresFixture(url);
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };

    test('its leases end with a receipt that names the setting, while it does not answer', async () => {
      const intent = revoking(await granted());
      expect((await faultOf(providerAt(NOWHERE).ensureAbsent(intent, neverAborts))).code).toBe(
        'provider-unavailable',
      );
      expect((await faultOf(providerAt(NOWHERE, ['billing']).ensureAbsent(intent, neverAborts))).code).toBe(
        'provider-unavailable',
      );
      expect(await providerAt(NOWHERE, ['orders']).ensureAbsent(intent, neverAborts)).toEqual({
        level: 'none',
        seen: GONE,
      });
    });

    test.each([
      ['answers that it is shutting down', '57P03'],
      ['answers that somebody holds a lock', '55P03'],
      ['answers that two changes meet', '40P01'],
    ])('a server that %s gives no receipt, because it is there', async (_what, answer) => {
      const intent = revoking(await granted());
      const server = await startPgServer({ answer: () => answer });
      const { code } = await faultOf(providerAt(server.url, ['orders']).ensureAbsent(intent, neverAborts));
      expect(code).toBe('provider-unavailable');
    });

    test('a revoke that is cancelled gives no receipt, because nothing was learned', async () => {
      const intent = revoking(await granted());
      const revoke = providerAt(NOWHERE, ['orders']).ensureAbsent(intent, AbortSignal.abort());
      expect((await faultOf(revoke)).code).toBe('provider-unavailable');
    });

    test('a grant there fails as before', async () => {
      const intent = await granted();
      const provider = providerAt(NOWHERE, ['orders']);
      expect((await faultOf(provider.ensurePresent(intent, neverAborts))).code).toBe('provider-unavailable');
    });

    test('one that answers and refuses the login gives no receipt', async () => {
      const intent = await granted();
      const provider = providerAt(withParts(fixture.adminUrl, { password: 'another' }), ['orders']);
      const { code } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('provider-forbidden');
    });

    test('one that answers is asked like any other, and curfew doctor says that it answers', async () => {
      const intent = await granted();
      const provider = providerAt(fixture.adminUrl, ['orders']);
      const { permissions } = await provider.preflight({ targets: [], duty: 'revoke' }, neverAborts);
      expect(permissions).toEqual([
        {
          severity: 'excess',
          what: expect.stringMatching(
            /^orders: CURFEW_POSTGRES_GONE says that this server is gone, and it answers/,
          ),
        },
      ]);
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).seen).not.toBe(GONE);
      expect(await fixture.vendor.level(intent)).toBe('none');
    });
  });
