import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { PayloadCodec } from '@temporalio/common';
import { dataConverterOf } from './data-converter.ts';

/** The settings of Temporal: TEMPORAL_ADDRESS and its family. */
export type TemporalSettings = Readonly<Record<string, string>>;

/** Temporal's own library reads the settings, so that Temporal Cloud works too. */
export function connectConfig(settings: TemporalSettings): {
  connection: ConnectionOptions;
  namespace: string;
} {
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: { ...settings },
    disableFile: true,
  });
  return { connection: connectionOptions, namespace: namespace ?? 'default' };
}

/**
 * A client that connects when it is first used, so that clicks are decided while Temporal is unavailable. `codec` encrypts what it
 * sends. A client that only asks whether Temporal answers needs none.
 */
export function temporalClient(
  settings: TemporalSettings,
  codec?: PayloadCodec,
): { client: Client; close: () => Promise<void> } {
  const { connection: options, namespace } = connectConfig(settings);
  const connection = Connection.lazy(options);
  const encryption = codec ? { dataConverter: dataConverterOf(codec) } : {};
  return { client: new Client({ connection, namespace, ...encryption }), close: () => connection.close() };
}
