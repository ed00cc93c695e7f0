import type { ManifestStore } from '../manifest/store.ts';

/** What the reaper needs of a store: it never writes. */
export type ReadableStore = Pick<ManifestStore, 'list' | 'get'>;

/**
 * The same store, which reads each object once. No object is ever changed, and a pass reads the manifest once for each provider. The
 * list is always read. What is no longer in it is forgotten.
 */
export function remembered(store: ReadableStore): ReadableStore {
  const texts = new Map<string, string>();
  return {
    async list(signal) {
      const names = await store.list(signal);
      const listed = new Set(names);
      for (const name of texts.keys()) if (!listed.has(name)) texts.delete(name);
      return names;
    },
    async get(name, signal) {
      const text = texts.get(name) ?? (await store.get(name, signal));
      if (text !== undefined) texts.set(name, text);
      return text;
    },
  };
}
