import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sealer } from '../requests/deps.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under one key of 32 bytes; what was altered does not open. */
export function sealerOf(key: Uint8Array): Sealer {
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    open(bytes) {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES, // a shorter tag would be easier to guess
      });
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = bytes.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}

/** What the parts on this machine know each other by. Made once, kept where only their owner reads. */
export type Keys = Readonly<Record<'sealing' | 'writer' | 'granter' | 'slackBot' | 'slackApp', string>>;

const NAMES = ['sealing', 'writer', 'granter', 'slackBot', 'slackApp'] as const;

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
