import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { temporalClient, type TemporalSettings } from '../../temporal/connection.ts';
import { temporalWorkerConnection } from '../../temporal/worker-connection.ts';

const ADDRESS = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const CLOUD = { ...ADDRESS, TEMPORAL_NAMESPACE: 'curfew-prod', TEMPORAL_API_KEY: 'key' };

/** What a client would connect to. Nothing connects. */
async function clientOf(settings: TemporalSettings) {
  const { client, close } = temporalClient(settings);
  const { address, apiKey } = (client.connection as Connection).options as Record<string, unknown>;
  const { namespace } = client.options;
  await close();
  return { address, apiKey, namespace };
}

/** What the connection of a worker is made with. */
async function workerOf(settings: TemporalSettings) {
  const connection = {} as NativeConnection;
  const connect = jest.spyOn(NativeConnection, 'connect').mockResolvedValue(connection);
  const made = await temporalWorkerConnection(settings);
  expect(made.connection).toBe(connection);
  const [{ address, apiKey } = {}] = connect.mock.calls[0] ?? [];
  connect.mockRestore();
  return { address, apiKey, namespace: made.namespace };
}

test.each([
  ['a client', clientOf],
  ['a worker', workerOf],
])('the settings say where %s connects', async (_which, connected) => {
  const address = '127.0.0.1:1';
  expect(await connected(CLOUD)).toEqual({ address, apiKey: 'key', namespace: 'curfew-prod' });
  expect(await connected(ADDRESS)).toEqual({ address, apiKey: undefined, namespace: 'default' });
});

test.each([
  ['a client', clientOf],
  ['a worker', workerOf],
])('%s connects by the settings only, not by the environment of the process', async (_which, connected) => {
  process.env['TEMPORAL_NAMESPACE'] = 'of-the-environment';
  const made = await connected(ADDRESS).finally(() => delete process.env['TEMPORAL_NAMESPACE']);
  expect(made).toMatchObject({ namespace: 'default' });
});

test('a configuration file of Temporal’s own tools has no effect', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-temporal-'));
  const file = join(folder, 'temporal.toml');
  await writeFile(file, '[profile.default]\naddress = "127.0.0.1:2"\nnamespace = "of-the-file"\n');
  const settings = { TEMPORAL_CONFIG_FILE: file };
  expect(await clientOf({ ...ADDRESS, ...settings })).toMatchObject({ namespace: 'default' });
  await rm(folder, { recursive: true });
});
