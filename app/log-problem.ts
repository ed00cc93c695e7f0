import type { LogConnection, StreamSettings } from './log-connection.ts';
import type { Parts } from './login-check.ts';

/** Why a process with these parts does not start with these settings of the audit log, or undefined. */
export function logProblem(
  log: LogConnection | undefined,
  { providers, sequencer, streamer }: Pick<Parts, 'providers' | 'sequencer' | 'streamer'>,
  { isSplit, stream }: Readonly<{ isSplit: boolean; stream: StreamSettings | undefined }>,
): string | undefined {
  if (isSplit && sequencer && (log?.keys.length ?? 0) === 0)
    return [
      'The sequencer needs CURFEW_LOG_NAME, CURFEW_LOG_KEYS and CURFEW_LOG_PLACES.',
      '  to do: choose a name such as curfew.example.com/log, make the key with "openssl rand -base64 32", and name the places',
      '    where the log is published, such as file:/srv/curfew-log.',
    ].join('\n');
  if (isSplit && streamer && (!stream || !log))
    return [
      'The streamer needs CURFEW_STREAM, CURFEW_LOG_NAME and CURFEW_LOG_PUBLIC_KEYS.',
      '  to do: set CURFEW_STREAM to where the records go, such as file:/var/log/curfew/audit.jsonl.',
    ].join('\n');
  if (!streamer && stream?.token !== undefined)
    return [
      'CURFEW_STREAM_TOKEN is set, and this process does not run the streamer.',
      '  to do: leave the token out here. Whoever has it can send records to the SIEM.',
    ].join('\n');
  if (!sequencer && log && log.keys.length > 0)
    return [
      'CURFEW_LOG_KEYS is set, and this process does not run the sequencer.',
      '  to do: leave the keys out here. Whoever has one can sign another log. Providers need CURFEW_LOG_PUBLIC_KEYS only.',
    ].join('\n');
  if (
    (providers.length > 0 || (streamer && stream)) &&
    log &&
    log.keys.length === 0 &&
    log.publicKeys.length === 0
  )
    return [
      'CURFEW_LOG_NAME is set, and CURFEW_LOG_PUBLIC_KEYS is not. The processes of providers check with it what was approved, and the streamer what was published.',
      '  to do: set it to the public keys that the sequencer shows when it starts.',
    ].join('\n');
  return undefined;
}

/** What is written when a process that grants starts without the log. It runs all the same, because it ends access. */
export const NO_LOG = 'CURFEW_LOG_NAME is not set, and nothing is granted without the audit log';
