import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encrypts a text for one context: what it is, for which lease, for whom. Opening it for another context throws, so a
 * sealed text that was copied elsewhere cannot be opened there (T46).
 */
export type Sealer = Readonly<{
  seal(text: string, context: string): Buffer;
  open(sealed: Buffer, context: string): string;
}>;

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with one key of 32 bytes. Opening throws when the bytes were altered. */
export function sealerOf(key: Uint8Array): Sealer {
  return {
    seal(text, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    open(bytes, context) {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES, // a shorter tag would be easier to guess
      }).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = bytes.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}

/** A key for one purpose, made from the main key, so that nobody can use what is sealed for one purpose for another. */
export const keyFor = (key: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, 32));
