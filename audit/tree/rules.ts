import type { TreeRules } from '../../ledger/index.ts';
import { entryOf } from '../entry.ts';
import { leafHash } from './hash.ts';
import { appendHashes, openTiles } from './tiles.ts';

/** How rows become entries of the tree. */
export const TREE_RULES: TreeRules = {
  openTiles,
  append: (size, open, rows) =>
    appendHashes(
      size,
      open,
      rows.map((row) => leafHash(entryOf(row).bytes)),
    ),
};
