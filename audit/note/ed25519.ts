import { type KeyObject, verify } from 'node:crypto';

const SIGNATURE_BYTES = 64;

/** Whether these bytes are the Ed25519 signature of a key over a message. */
export const verifyEd25519 = (message: Uint8Array, publicKey: KeyObject, signature: Uint8Array): boolean =>
  signature.length === SIGNATURE_BYTES && verify(null, message, publicKey, signature);
