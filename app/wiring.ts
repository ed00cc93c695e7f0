import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Deps } from '../requests/deps.ts';
import { openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { createProviders, targetReader, withDescriptionsOnly } from '../providers/index.ts';
import { sealerOf } from './keys.ts';
import type { CoreConnections } from './settings/given.ts';
import type { Connections } from './connections.ts';

/** `words` describes every provider's targets, also where its credential is not in this process. */
export type Wired = Deps & Readonly<{ words: Deps['providers'] }>;

/**
 * The product, tied together: what activities, the bot and the sweeper are handed.
 * `split`: other processes hold the other providers' credentials, so this one reads their targets without.
 */
export function wire(parts: CoreConnections, { split = false }: { split?: boolean } = {}): Wired {
  const providers = createProviders(parts.providers);
  const words = split ? withDescriptionsOnly(providers) : providers;
  return {
    ledger: openLedger(parts.databaseUrl),
    providers,
    words,
    policy: openPolicy(parts.config, targetReader(words)),
    sealer: sealerOf(Buffer.from(parts.sealingKey, 'base64url')),
  };
}

type Temporal = Connections['temporal'];

/** How to reach Temporal, by its own settings: a server of one's own and Temporal Cloud both work. */
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
