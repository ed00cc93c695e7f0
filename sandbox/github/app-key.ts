import { generateKeyPairSync } from 'node:crypto';

/** GitHub's own keys have 2048 bits. This one is valid nowhere else, and is generated and used much faster. */
const BITS = 1024;

/** A new key of an App, in the encodings in which GitHub has them: `privateKey` is PKCS #1. */
export function newAppKey(): Readonly<{ publicKey: string; privateKey: string }> {
  return generateKeyPairSync('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}
