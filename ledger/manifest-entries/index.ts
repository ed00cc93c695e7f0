import type { Bound } from '../bind.ts';
import {
  addManifestEntry,
  wantManifestEntry,
  unwrittenOf,
  beginManifestWrite,
  endManifestWrite,
  takeUnwrittenEntries,
  storedEntries,
  manifestSerial,
  leasesWithoutEntry,
  knownLeases,
} from './manifest-entries.ts';

/** The part of the ledger about the entries of the manifest. */
export const MANIFEST = {
  query: {
    addManifestEntry,
    wantManifestEntry,
    unwrittenOf,
    beginManifestWrite,
    endManifestWrite,
    takeUnwrittenEntries,
    storedEntries,
    manifestSerial,
    leasesWithoutEntry,
    knownLeases,
  },
};

export interface ManifestLedger extends Bound<typeof MANIFEST> {}
