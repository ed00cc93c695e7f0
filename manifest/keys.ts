import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { no, ok, type Result } from '../core/result.ts';

// A key is 32 bytes in base64, as the other keys of Curfew are. These bytes come before it in the forms that node:crypto reads
// (RFC 8410: PKCS #8 of a private key, SubjectPublicKeyInfo of a public one).
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY = /^[A-Za-z0-9+/_-]{43}=?$/;

const bytesOf = (base64: string): Buffer | undefined =>
  KEY.test(base64) ? Buffer.from(base64, 'base64') : undefined;

/** The Ed25519 private key of these 32 bytes in base64. Any 32 random bytes are one. */
export function parsePrivateKey(base64: string): Result<KeyObject, string> {
  const bytes = bytesOf(base64);
  if (!bytes) return no('must be 32 bytes in base64; make one with: openssl rand -base64 32');
  const key = Buffer.concat([PRIVATE_PREFIX, bytes]);
  return ok(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}

/** The Ed25519 public key of these 32 bytes in base64, as `publicKeyText` writes them. */
export function parsePublicKey(base64: string): Result<KeyObject, string> {
  const bytes = bytesOf(base64);
  if (!bytes)
    return no('must be a public key of the manifest: 32 bytes in base64, as curfew doctor shows it');
  const key = Buffer.concat([PUBLIC_PREFIX, bytes]);
  return ok(createPublicKey({ key, format: 'der', type: 'spki' }));
}

/** The public key of an Ed25519 key, as 32 bytes in base64. */
export const publicKeyText = (key: KeyObject): string =>
  (key.type === 'private' ? createPublicKey(key) : key)
    .export({ format: 'der', type: 'spki' })
    .subarray(PUBLIC_PREFIX.length)
    .toString('base64');
