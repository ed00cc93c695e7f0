import { isGrpcServiceError } from '@temporalio/client';
import { temporalClient, type TemporalSettings } from './connection.ts';

/** https://grpc.io/docs/guides/status-codes/ */
const NOT_FOUND = 5;

/** Whether Temporal has the namespace of the settings. Throws when it does not answer. */
export async function lookForNamespace(
  settings: TemporalSettings,
  timeoutMs: number,
): Promise<Readonly<{ namespace: string; isThere: boolean }>> {
  const { client, close } = temporalClient(settings);
  const { namespace } = client.options;
  try {
    await client.withDeadline(Date.now() + timeoutMs, () =>
      client.connection.workflowService.describeNamespace({ namespace }),
    );
    return { namespace, isThere: true };
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return { namespace, isThere: false };
    throw error;
  } finally {
    await close();
  }
}
