import { sealerOf } from '../ledger/sealer.ts';
import type { UndoSealers } from '../requests/undo.ts';

/**
 * The undo keys, by the name of their provider. They seal what a revocation needs while the ledger is unavailable. The first
 * key of a provider seals, and the others open what was sealed before. They are made from no other key, so only the
 * processes of a provider and the sweeper can have its key (T41).
 */
export type UndoKeys = ReadonlyMap<string, readonly Uint8Array[]>;

export const undoSealersOf = (keys: UndoKeys): UndoSealers =>
  new Map(
    [...keys].flatMap(([provider, [key, ...older]]) =>
      key ? [[provider, sealerOf(key, ...older)] as const] : [],
    ),
  );
