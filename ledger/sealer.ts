import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encrypts a text for one context: what it is, for which lease, for whom. Opening it for another context throws, so a
 * sealed text that was copied elsewhere cannot be opened there (T46).
 */
export type Sealer = Readonly<{
  seal(text: string, context: string): Buffer;
  open(sealed: Buffer, context: string): string;
}>;

const ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with the first key, of 32 bytes. It opens also what was sealed with an older key: the sealed bytes begin with the id
 * of their key. Opening throws when the bytes were altered, or when their key is not among these.
 */
export function sealerOf(...keys: readonly Uint8Array[]): Sealer {
  const [key] = keys;
  return {
    seal(text, context) {
      if (!key) throw new Error('this process has no key to seal with');
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([idOf(key), iv, cipher.getAuthTag(), sealed]);
    },
    open(bytes, context) {
      const [id, iv, tag, body] = partsOf(bytes);
      const used = keys.find((each) => idOf(each).equals(id));
      if (!used) throw new Error('it was sealed with a key that this process does not have');
      const decipher = createDecipheriv('aes-256-gcm', used, iv, {
        authTagLength: TAG_BYTES, // a shorter tag would be easier to guess
      }).setAAD(Buffer.from(context));
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}

/** Names a key, and shows nothing of it. */
const idOf = (key: Uint8Array): Buffer => createHash('sha256').update(key).digest().subarray(0, ID_BYTES);

function partsOf(bytes: Buffer): readonly [id: Buffer, iv: Buffer, tag: Buffer, body: Buffer] {
  const [iv, tag, body] = [ID_BYTES, ID_BYTES + IV_BYTES, ID_BYTES + IV_BYTES + TAG_BYTES];
  return [bytes.subarray(0, iv), bytes.subarray(iv, tag), bytes.subarray(tag, body), bytes.subarray(body)];
}

/** A key for one purpose, made from the main key, so that nobody can use what is sealed for one purpose for another. */
export const keyFor = (key: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, 32));
