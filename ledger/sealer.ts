import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts a password, so that the ledger without the key does not show it. */
export type Sealer = Readonly<{ seal(text: string): Buffer; open(sealed: Buffer): string }>;

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with one key of 32 bytes. Opening throws when the bytes were altered. */
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
