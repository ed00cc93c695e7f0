import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { no, ok, type Result } from '../../core/result.ts';
import { parseBase64 } from './base64.ts';

/** The types of signatures that Curfew knows, by the byte that https://c2sp.org/signed-note gives them. */
const TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;

/** `ed25519`: signs the text of a note. `cosignature`: signs the text with the time (https://c2sp.org/tlog-cosignature). */
export type KeyType = keyof typeof TYPES;

/** A public key that signatures of notes are verified with. `id` is 8 hex digits; with the name it says which key signed a line. */
export type VerifierKey = Readonly<{
  name: string;
  id: string;
  type: KeyType;
  publicKey: KeyObject;
  /** The key as text: name, id and key, with a plus between them. */
  text: string;
}>;

const ED25519_BYTES = 32;
/** A name has no plus, no space of Unicode, and no control character, so that it can be in a line of a note. */
const NAME = /^[^\s+\u0000-\u0020\u0085]+$/u;
const ID = /^[0-9a-f]{8}$/;

/** Whether a log, a key or a witness may have this name. */
export const isKeyName = (name: string): boolean =>
  NAME.test(name) && name.isWellFormed() && name.length <= 255;

/** The key of an Ed25519 key pair under a name. Give either half. Throws for another kind of key, or for no name. */
export function verifierKey(name: string, key: KeyObject, type: KeyType = 'ed25519'): VerifierKey {
  if (!isKeyName(name)) throw new Error(`"${name}" cannot be the name of a key`);
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { crv, x = '' } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519') throw new Error('only an Ed25519 key signs a note');
  const typed = Buffer.concat([Buffer.of(TYPES[type]), Buffer.from(x, 'base64url')]);
  const id = idOf(name, typed);
  return { name, id, type, publicKey, text: `${name}+${id}+${typed.toString('base64')}` };
}

/** The first four bytes of the hash of the name and the key, in hex. */
const idOf = (name: string, typed: Buffer): string =>
  createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);

/** Reads a verifier key (vkey) as text: `example.com/log+530d903a+AekyeRrm…`. */
export function parseVerifierKey(text: string): Result<VerifierKey, string> {
  const [name = '', id = '', ...rest] = text.split('+');
  const typed = parseBase64(rest.join('+'));
  if (!isKeyName(name) || !ID.test(id) || !typed)
    return no('must be a verifier key: <name>+<8 hex digits>+<base64>');
  const type = (Object.keys(TYPES) as KeyType[]).find((each) => TYPES[each] === typed[0]);
  if (!type) return no(`has the type ${typed[0] ?? 'of nothing'}; only Ed25519 keys are supported (1 and 4)`);
  if (typed.length !== 1 + ED25519_BYTES) return no('has no 32 bytes of an Ed25519 key');
  if (idOf(name, typed) !== id) return no(`has the id ${id}, but the id of this key is ${idOf(name, typed)}`);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
  return ok({ name, id, type, publicKey: createPublicKey({ key: jwk, format: 'jwk' }), text });
}

const SIGNATURE_BYTES = 64;

/** Whether these bytes are the Ed25519 signature of a key over a message. */
export const verifyEd25519 = (message: Uint8Array, publicKey: KeyObject, signature: Uint8Array): boolean =>
  signature.length === SIGNATURE_BYTES && verify(null, message, publicKey, signature);
