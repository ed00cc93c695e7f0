import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../manifest/open-store.ts';
import { freshMemory, type ManifestAccess } from '../../requests/manifest-access.ts';
import { ours } from './manifest.fixture.ts';

/** The manifest of a process, in a folder inside this one. */
export async function manifestIn(folder: string): Promise<ManifestAccess> {
  const place = join(folder, 'manifest');
  await mkdir(place, { mode: 0o700, recursive: true });
  return {
    store: openStore(`file:${place}`, { answerMs: 1_000 }),
    privateKey: ours.privateKey,
    publicKeys: [ours.publicKey],
    memory: freshMemory(),
  };
}
