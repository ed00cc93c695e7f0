import { openStreams } from '../audit/stream/open-sinks.ts';
import { parseSinks } from '../audit/stream/parse-sinks.ts';
import { runStreamer } from '../audit/stream/stream.ts';
import type { LogConnection, StreamSettings } from './log-connection.ts';
import { trustedKeys } from './log-keys.ts';
import type { Logger } from './log.ts';
import type { Running } from './supervise.ts';
import type { ProcessDeps } from './wiring.ts';

/** Sends what is in the audit log to the sinks. It uses the ledger and the sinks only. */
export async function startStreamer(
  { ledgers }: Pick<ProcessDeps, 'ledgers'>,
  log: Logger,
  connection: LogConnection,
  { sinks, token }: StreamSettings,
): Promise<Running> {
  const { name } = connection;
  const settings = parseSinks(sinks);
  if (!settings.ok) throw new Error(`CURFEW_STREAM: ${settings.error}`);
  const streams = openStreams(settings.value, token);
  return runStreamer(ledgers.as('streamer'), { name, trusted: trustedKeys(connection) }, streams, {
    report: log,
  });
}
