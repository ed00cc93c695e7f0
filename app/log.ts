import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
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

/** Logs JSON lines to standard output, or with `home` to `<home>/logs/curfew.log`, because the demo shows a screen. */
export function openLog(level: string, home?: string): Logger {
  const hooks = { streamWrite: escapeHidden }; // the log may be read at a terminal
  const options = { level, redact: REDACTED, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks };
  if (home === undefined) return pino(options);
  mkdirSync(join(home, 'logs'), { recursive: true });
  return pino(options, pino.destination({ dest: join(home, 'logs', 'curfew.log'), sync: true }));
}
