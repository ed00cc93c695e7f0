import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

export type { Logger };

// Where a secret could ever stand in something we log (T22).
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

/** JSON lines to standard output, or to `<home>/logs/curfew.log` where a screen is shown instead. */
export function openLog(level: string, home?: string): Logger {
  const options = { level, redact: REDACTED, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (home === undefined) return pino(options);
  mkdirSync(join(home, 'logs'), { recursive: true });
  return pino(options, pino.destination({ dest: join(home, 'logs', 'curfew.log'), sync: true }));
}
