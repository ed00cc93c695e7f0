import { afterEach, describe, expect, test } from '@jest/globals';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { type PgAnswer, startPgServer, stopServers } from './postgres-server.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

afterEach(stopServers);

describe('the login attempt of a revoke', () => {
  const intent = {
    lease: 'lease_1' as never,
    subject: { id: 'ana', name: 'ana' },
    target: { database: 'orders', role: 'orders_read', mode: 'login-role' },
    level: 'none',
    endsAt: 0 as never,
  } as const;
  /** A server that answers the login of the lease so. No rows accept it. */
  const revoke = async (said: PgAnswer) => {
    const server = await startPgServer({ login: ({ user }) => (user === 'granter' ? [] : said) });
    const provider = postgresProvider({ databases: { orders: server.url } });
    const revoking = provider.ensureAbsent(intent, neverAborts);
    return { revoking, server };
  };

  test('prevents the receipt when it succeeds', async () =>
    expect((await revoke([])).revoking).rejects.toThrow(
      new Error('not-verified: postgres: a test login as curfew_lease_1 still succeeds'),
    ));

  test('is made as the role of the lease, after the changes of the revoke, and the receipt says that the server refused it', async () => {
    const { revoking, server } = await revoke('28P01');
    expect(await revoking).toMatchObject({
      level: 'none',
      seen: 'no role curfew_lease_1 that Curfew created; the server refused a test login',
    });
    expect(server.connections.map(({ startup }) => startup['user'])).toEqual(['granter', 'curfew_lease_1']);
  });

  test.each(['53300', '57P03', '3D000'])(
    'proves nothing without an answer of the server: the receipt names the catalogue as its proof (%s)',
    async (answer) => {
      const { revoking } = await revoke(answer);
      expect(await revoking).toMatchObject({
        level: 'none',
        seen: 'no role curfew_lease_1 that Curfew created; a test login got no answer, so the system catalogue of the primary is the proof',
      });
    },
  );
});
