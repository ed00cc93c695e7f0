import type { ManifestStore } from '../manifest/store.ts';

/**
 * The same store, which reads each object once. No object is ever changed, and a pass reads the manifest once for each provider. The
 * list is always read. What is no longer in it is forgotten.
 */
export function remembered(store: ManifestStore): ManifestStore {
  const texts = new Map<string, string>();
  return {
    ...store,
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
