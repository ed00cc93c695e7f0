import { generateKeyPairSync } from 'node:crypto';
import type { App } from './state.ts';

/** The App of the reaper, with a new key. Its installation may read metadata, and write members and collaborators. */
export function reaperApp(): App {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    id: 7002,
    slug: 'curfew-reaper-lantern',
    publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: key.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    installation: {
      id: 8002,
      permissions: { administration: 'write', members: 'write', metadata: 'read' },
      repositories: 'all',
      suspended: false,
    },
  };
}
