import { Runtime } from '@temporalio/worker';
import { messageOf } from '../core/faults.ts';

type Details = Readonly<Record<string, unknown>>;

/** Where the messages of Temporal's runtime go. */
export type RuntimeLog = Readonly<{
  debug(details: Details, message: string): void;
  warn(details: Details, message: string): void;
  error(details: Details, message: string): void;
}>;

let isInstalled = false;

/** Installs Temporal's runtime with our log. Temporal accepts this once per process, before any connection. */
export function installRuntime(log: RuntimeLog): void {
  if (isInstalled) return;
  isInstalled = true;
  const nothing = () => undefined;
  const warn = (message: string, meta?: Details): void => log.warn(readable(meta), message);
  const error = (message: string, meta?: Details): void => log.error(readable(meta), message);
  Runtime.install({
    shutdownSignals: [],
    // Else its native code prints coloured text to the console, between the lines of our log.
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    logger: {
      // All messages that are forwarded come through this function.
      log: (level, message, meta) => {
        if (level === 'WARN') warn(message, meta);
        else if (level === 'ERROR') error(message, meta);
        else log.debug({ level }, message);
      },
      trace: nothing,
      debug: nothing,
      info: (message) => log.debug({}, message),
      warn,
      error,
    },
  });
}

/** An error as its message, because JSON has nothing of an error. */
const readable = (details: Details = {}): Details =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, value instanceof Error ? messageOf(value) : value]),
  );
