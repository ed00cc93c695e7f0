import { createHash, randomBytes } from 'node:crypto';

/** A text as it is stored beside the log, and the hash that an entry of the log has of it. Whoever erases the salt and the text leaves the entry as it is. */
export type SaltedText = Readonly<{ salt: string; body: string; hash: string }>;

/** What people read in the place of a text that was erased. */
export const ERASED = '(erased)';

/** What people read in the place of a text that is not the one that was recorded. */
export const ALTERED = '(altered after it was recorded)';

export const newSalt = (): string => randomBytes(16).toString('hex');

/** SHA-256, in hex, of a salt and a text. */
export const textHash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

/** A text of a person with a new salt and its hash, for a step that records it. */
export function salted(body: string): SaltedText {
  const salt = newSalt();
  return { salt, body, hash: textHash(salt, body) };
}

/**
 * What people read of a stored text: the text, `ERASED` when there is none, and `ALTERED` when it does not have its hash. `hash` is null in an
 * entry of before such hashes. In a salt with an end of a line, the first lines of a text could be hidden.
 */
export function readableText({
  salt,
  body,
  hash,
}: Readonly<{ salt: string | null; body: string | null; hash: string | null }>): string {
  if (body === null) return ERASED;
  if (hash === null) return body;
  return salt !== null && !salt.includes('\n') && textHash(salt, body) === hash ? body : ALTERED;
}
