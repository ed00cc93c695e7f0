import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger, type LogFn } from 'pino';
import { requestNamedIn } from '../core/ids.ts';
import { escapeHidden } from '../core/text.ts';

export type { Logger };

// The fields that could hold a secret in a logged object (T22).
const REDACTED = [
  'token',
  'password',
  'secret',
  'privateKey',
  '*.token',
  '*.password',
  '*.secret',
  '*.privateKey',
];

/** A line that names one request has its id in the field `request`, so that all lines about a request can be found. */
function logMethod(this: Logger, line: Parameters<LogFn>, write: LogFn): void {
  const [facts, ...texts] = (typeof line[0] === 'string' ? [{}, ...line] : line) as [object, ...string[]];
  const named = [...Object.values(facts).flat(), ...texts].filter((each) => typeof each === 'string');
  const request = 'request' in facts ? undefined : requestNamedIn(named.join(' '));
  write.apply(this, request ? [{ ...facts, request }, ...texts] : line);
}

/** Logs JSON lines to standard output, or with `home` to `<home>/logs/curfew.log`, because the demo shows a screen. */
export function openLog(level: string, home?: string): Logger {
  const hooks = { streamWrite: escapeHidden, logMethod }; // the log may be read at a terminal
  const options = { level, redact: REDACTED, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks };
  if (home === undefined) return pino(options);
  mkdirSync(join(home, 'logs'), { recursive: true });
  return pino(options, pino.destination({ dest: join(home, 'logs', 'curfew.log'), sync: true }));
}
