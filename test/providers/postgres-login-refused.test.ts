import { afterEach, describe, expect, test } from '@jest/globals';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { startPgServer, stopServers } from './postgres-server.fixture.ts';
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
  const revoke = async (accepts: boolean) => {
    const server = await startPgServer({
      login: ({ user }) => (accepts || user === 'granter' ? [] : '28P01'),
    });
    const provider = postgresProvider({ databases: { orders: server.url } });
    const revoking = provider.ensureAbsent(intent, neverAborts);
    return { revoking, server };
  };

  test('prevents the receipt when it succeeds', async () =>
    expect((await revoke(true)).revoking).rejects.toThrow(
      new Error('not-verified: postgres: a test login as curfew_lease_1 still succeeds'),
    ));

  test('is made as the role of the lease, after the changes of the revoke', async () => {
    const { revoking, server } = await revoke(false);
    expect(await revoking).toMatchObject({ level: 'none' });
    expect(server.connections.map(({ startup }) => startup['user'])).toEqual(['granter', 'curfew_lease_1']);
  });
});
