import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../manifest/open-store.ts';
import type { ManifestStore } from '../../manifest/store.ts';
import { freshMemory, type ManifestAccess } from '../../requests/manifest-access.ts';
import { ours } from './manifest.fixture.ts';

/** A manifest in this store, as a process has it. */
export const manifestIn = (store: ManifestStore): ManifestAccess => ({
  store,
  privateKey: ours.privateKey,
  publicKeys: [ours.publicKey],
  memory: freshMemory(),
});

/** A manifest in a folder inside this one. */
export async function manifestInFolder(folder: string): Promise<ManifestAccess> {
  const place = join(folder, 'manifest');
  await mkdir(place, { mode: 0o700, recursive: true });
  return manifestIn(openStore(`file:${place}`, { answerMs: 1_000 }));
}
