import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ManifestStore } from '../../manifest/store.ts';
import { freshMemory, type ManifestAccess } from '../../requests/manifest-access.ts';
import { call, type World } from '../world/world.ts';

export type SimulatedManifest = Readonly<{
  store: ManifestStore;
  publicKey: KeyObject;
  /** As a process that has the key writes it. */
  access(): ManifestAccess;
}>;

/** Opens the manifest of the seed. It is kept outside the ledger, so a failover does not change it. */
export function openManifest(world: World): SimulatedManifest {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const store = storeOf(world);
  return {
    store,
    publicKey,
    access: () => ({ store, privateKey, publicKeys: [publicKey], memory: freshMemory() }),
  };
}

function storeOf(world: World): ManifestStore {
  const objects = new Map<string, string>();
  const effect = <T>(work: () => T): Promise<T> => call(world, () => Promise.resolve(work()));
  return {
    put: (name, text) => effect(() => void objects.set(name, text)),
    list: () => effect(() => [...objects.keys()]),
    get: (name) => effect(() => objects.get(name)),
    remove: (name) => effect(() => void objects.delete(name)),
  };
}
