import { createHash } from 'node:crypto';

/** SHA-256, in hex, of a salt and what a person wrote. It stands in the trail, and the text beside it. */
export const saltedHash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');
