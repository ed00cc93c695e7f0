import type { KeyObject } from 'node:crypto';
import type { ManifestEntry } from '../manifest/entry.ts';
import type { ManifestStore } from '../manifest/store.ts';

/** The manifest as a process with its key has it. `memory` is what this process knows of it, for as long as it runs. */
export type ManifestAccess = Readonly<{
  store: ManifestStore;
  privateKey: KeyObject;
  /** An entry counts when one of these keys signed it. The public key of `privateKey` is among them. */
  publicKeys: readonly KeyObject[];
  memory: ManifestMemory;
}>;

export type ManifestMemory = {
  /** The highest serial that the ledger gave to this process. */
  highest: number;
  /** When the manifest was last compared with the ledger, and when a write last failed: milliseconds of `performance.now()`. */
  checkedAt: number;
  failedAt: number;
  /** The entries that were read before, by the names of their objects. No object is changed. */
  read: Map<string, ManifestEntry>;
};

export const freshMemory = (): ManifestMemory => ({
  highest: 0,
  checkedAt: Number.NEGATIVE_INFINITY,
  failedAt: Number.NEGATIVE_INFINITY,
  read: new Map(),
});
