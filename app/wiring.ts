import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Deps } from '../requests/deps.ts';
import { openLedger } from '../ledger/index.ts';
import { sealerOf } from '../ledger/sealer.ts';
import { openPolicy } from '../policy/index.ts';
import { createProviders, targetReader, withWords } from '../providers/index.ts';
import type { CoreConnections } from './settings/given.ts';
import type { Connections } from './connections.ts';

/**
 * `providers` are those whose credential is in this process. `describers` are all of them: they read and describe
 * targets, which needs no credential.
 */
export type Wired = Deps & Readonly<{ describers: Deps['providers'] }>;

/**
 * Builds what activities, the bot and the sweeper get as their argument.
 * With `split`, other processes hold the credentials of the other providers, and this one only describes their targets.
 */
export function wire(connections: CoreConnections, { split = false }: { split?: boolean } = {}): Wired {
  const providers = createProviders(connections.providers);
  const describers = split ? withWords(providers) : providers;
  return {
    ledger: openLedger(connections.databaseUrl),
    providers,
    describers,
    policy: openPolicy(connections.config, targetReader(describers)),
    sealer: sealerOf(Buffer.from(connections.sealingKey, 'base64url')),
  };
}

type Temporal = Connections['temporal'];

/** How to reach Temporal. Its own library reads the settings, so that Temporal Cloud works too. */
function connectConfig(temporal: Temporal): { connection: ConnectionOptions; namespace: string } {
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: { ...temporal },
    disableFile: true,
  });
  return { connection: connectionOptions, namespace: namespace ?? 'default' };
}

/** A client that connects when it is first used, so that the gateway runs while Temporal is away. */
export function temporalClient(temporal: Temporal): { client: Client; close: () => Promise<void> } {
  const { connection: options, namespace } = connectConfig(temporal);
  const connection = Connection.lazy(options);
  return { client: new Client({ connection, namespace }), close: () => connection.close() };
}

export async function temporalWorkerConnection(
  temporal: Temporal,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connection, namespace } = connectConfig(temporal);
  return { connection: await NativeConnection.connect(connection as NativeConnectionOptions), namespace };
}
