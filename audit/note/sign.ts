import { type KeyObject, sign } from 'node:crypto';
import { parseNote, signatureLine } from './note.ts';
import { verifierKey } from './vkey.ts';

/** An Ed25519 private key and its name in the notes it signs. */
export type Signer = Readonly<{ name: string; privateKey: KeyObject }>;

/**
 * Signs a text with each key, in this order. The text ends with a newline. Throws for a text that cannot be in a note, for no
 * signer, and for a name that is none.
 */
export function signNote(text: string, signers: readonly Signer[]): string {
  if (!text.endsWith('\n')) throw new Error('the text of a note ends with a newline');
  const lines = signers.map(({ name, privateKey }) => {
    const { id } = verifierKey(name, privateKey);
    return signatureLine({ name, id, bytes: sign(null, Buffer.from(text), privateKey) });
  });
  const note = `${text}\n${lines.join('')}`;
  const parsed = parseNote(note);
  if (!parsed.ok) throw new Error(`the text cannot be signed as a note: ${parsed.error}`);
  return note;
}
