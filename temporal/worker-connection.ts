import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { connectConfig, type TemporalSettings } from './connection.ts';

/** A worker's connection. It throws while Temporal does not answer. */
export async function temporalWorkerConnection(
  settings: TemporalSettings,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connection, namespace } = connectConfig(settings);
  return { connection: await NativeConnection.connect(connection as NativeConnectionOptions), namespace };
}
