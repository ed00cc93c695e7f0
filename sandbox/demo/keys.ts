import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The secrets that the demo's parts use among themselves: the sealing key, two passwords, and Slack's two tokens. */
export type Keys = Readonly<Record<'sealing' | 'writer' | 'granter' | 'slackBot' | 'slackApp', string>>;

const NAMES = ['sealing', 'writer', 'granter', 'slackBot', 'slackApp'] as const;

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
