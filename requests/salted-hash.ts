import { createHash } from 'node:crypto';

/** SHA-256, in hex, of a salt and what a person wrote. The trail has the hash. The text is stored in another table, so that it can be erased. */
export const saltedHash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');
