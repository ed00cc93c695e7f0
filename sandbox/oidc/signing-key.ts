import { createECDH } from 'node:crypto';

/** The key pair for ES256, as a private JWK, from 32 random bytes in base64url. The same bytes give the same key and key id. */
export function signingKey(secret: string) {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(Buffer.from(secret, 'base64url'));
  const point = pair.getPublicKey(); // 0x04, then x and y of 32 bytes each
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', x, y, d: secret } as const;
}
