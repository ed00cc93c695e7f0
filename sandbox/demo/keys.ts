import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UndoKeys } from '../../app/undo-keys.ts';

const UNDO_KEYS = {
  'aws-iam': 'undoAws',
  curfew: 'undoCurfew',
  github: 'undoGitHub',
  postgres: 'undoPostgres',
} as const;
const NAMES = [
  'sealing',
  ...Object.values(UNDO_KEYS),
  'writer',
  'granter',
  'reaper',
  'slackBot',
  'slackApp',
  'manifest',
  'log',
  'consoleClient',
  'oidcSigning',
  'oidcCookies',
] as const;

/**
 * The secrets that the demo's parts use among themselves: the sealing key, the undo key of each provider, three passwords,
 * Slack's two tokens, the keys that sign the manifest and the audit log, the secret of the console at the OpenID provider, and the
 * provider's own keys for ID tokens and cookies.
 */
export type Keys = Readonly<Record<(typeof NAMES)[number], string>>;

/** The undo keys, by the name of their provider. */
export const undoKeysOf = (keys: Keys): UndoKeys =>
  new Map(
    Object.entries(UNDO_KEYS).map(([provider, name]) => [provider, [Buffer.from(keys[name], 'base64url')]]),
  );

/** Reads the keys of this home, and makes those that are missing. Only the owner may read the file. */
export function keysIn(home: string): Keys {
  const file = join(home, 'keys.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Keys>) : {};
  const keys = Object.fromEntries(
    NAMES.map((name) => [name, known[name] ?? randomBytes(32).toString('base64url')]),
  ) as Keys;
  writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}
