import type { BucketOptions } from './bucket-store.ts';
import { folderStore } from './folder-store.ts';
import { parsePlace } from './place.ts';
import type { ManifestStore } from './store.ts';

/** Opens the store at a place. It connects with the first call. Throws when the text names no place. */
export function openStore(where: string, options: BucketOptions): ManifestStore {
  const place = parsePlace(where);
  if (!place.ok) throw new Error(`the place of the manifest ${place.error}`);
  const { value } = place;
  if (value.kind === 'folder') return folderStore(value.folder);
  return loadedLater(async () => (await import('./bucket-store.ts')).bucketStore(value, options));
}

/** A store that is loaded with its first call, because the SDK of a bucket is large. */
function loadedLater(load: () => Promise<ManifestStore>): ManifestStore {
  let loaded: Promise<ManifestStore> | undefined;
  const store = (): Promise<ManifestStore> => (loaded ??= load());
  return {
    put: async (...object) => (await store()).put(...object),
    list: async (signal) => (await store()).list(signal),
    get: async (...object) => (await store()).get(...object),
    remove: async (...object) => (await store()).remove(...object),
  };
}
