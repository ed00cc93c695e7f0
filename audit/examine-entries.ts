import type { LogRow } from '../ledger/index.ts';
import { entryOf } from './entry.ts';
import { alteredEntry } from './log-reader.ts';
import { type Frontier, grow, rootOfFrontier } from './tree/frontier.ts';
import { leafHash } from './tree/hash.ts';
import { TILE_HEIGHT } from './tree/tiles.ts';

/** What the ledger has in the place of an entry. `leaf` is its hash in the tree; undefined when the tree has none. */
export type StoredEntry = Readonly<{ row: LogRow | undefined; isPurged: boolean; leaf: Buffer | undefined }>;

/** Reads a hash of the tree above the entries: the root of the 256^`level` entries with this number. Undefined when the tree has none. */
export type ReadHash = (level: number, number: number) => Buffer | undefined;

/** An entry whose row and hash do not belong together. */
type Wrong = Readonly<{ index: number; row: LogRow | undefined; print: string }>;

/** A hash of a level above the entries that differs from what the rows or the hashes of entries give. */
type Above = Readonly<{
  level: number;
  number: number;
  stored: Buffer | undefined;
  of: Trees<Buffer | undefined>;
}>;

/** What the rows give, and what the stored hashes of entries give. */
type Trees<T> = Readonly<{ rows: T; hashes: T }>;

/** Compares entries with the tree and with signed checkpoints, in their order. */
export interface Comparison {
  entry(stored: StoredEntry, read: ReadHash): void;
  /** A checkpoint that ends here, and that the log's key signed. */
  checkpoint(root: Buffer): void;
  /** What was found, each in a sentence that is the same each time that it is found. */
  differences(): readonly string[];
}

/** The first eight bytes of a hash name what is there now, so that a further change is another difference. */
const printOf = (hash: Buffer | undefined): string => hash?.subarray(0, 8).toString('hex') ?? 'nothing';

const NOTHING = Buffer.alloc(0);

/**
 * Begins before the entry `from`. `known`: the frontier of the tree of the entries before it, whose root is signed. Without it, rows are compared with
 * the hashes of entries only. Two trees grow: one has the hashes that the rows give, the other those that are stored. The signed root says which is right.
 */
export function comparison(from: number, known: Frontier | undefined): Comparison {
  const found: string[] = [];
  let index = from;
  let trees: Trees<Frontier> | undefined = known && { rows: known, hashes: known };
  let wrong: Wrong[] = [];
  let above: Above[] = [];
  let signed = { size: from, next: '' };

  function settle(which: keyof Trees<Frontier>): void {
    found.push(...wrong.map(which === 'hashes' ? rowChanged : hashChanged));
    found.push(...above.filter(({ stored, of }) => !isSame(stored, of[which])).map(aboveChanged));
  }

  return {
    entry({ row, isPurged, leaf }, read) {
      const computed = row ? leafHash(entryOf(row).bytes) : isPurged ? leaf : undefined;
      if (index === signed.size) signed = { ...signed, next: row?.id ?? 'a row that is gone' };
      if (!leaf || !isSame(leaf, computed)) wrong.push({ index, row, print: printOf(computed) });
      if (trees) {
        const hashes = grow(trees.hashes, index, leaf ?? NOTHING);
        const rows = wrong.length === 0 ? hashes : grow(trees.rows, index, computed ?? leaf ?? NOTHING);
        trees = { rows: rows.frontier, hashes: hashes.frontier };
        above.push(...wrongAbove(index, { rows: rows.completed, hashes: hashes.completed }, read));
      }
      index += 1;
    },
    checkpoint(root) {
      const right = trees && whichHas(root, trees);
      if (!trees) found.push(...wrong.map(rowChanged));
      else if (right) {
        settle(right);
        trees = { rows: trees[right], hashes: trees[right] };
      } else {
        found.push(...wrong.map(rowChanged), bothChanged(signed, index, root));
        trees = undefined;
      }
      [wrong, above, signed] = [[], [], { size: index, next: '' }];
    },
    differences: () => found,
  };
}

/** The tree that has this root. A row is the likely one to be changed. */
const whichHas = (root: Buffer, trees: Trees<Frontier>): keyof Trees<Frontier> | undefined =>
  (['hashes', 'rows'] as const).find((each) => rootOfFrontier(trees[each]).equals(root));

/** The hashes of the levels above that this entry completes, and that are not stored like this. */
function wrongAbove(index: number, completed: Trees<readonly Buffer[]>, read: ReadHash): readonly Above[] {
  const found: Above[] = [];
  for (let level = 1; level * TILE_HEIGHT < completed.hashes.length; level += 1) {
    const number = (index + 1) / 2 ** (level * TILE_HEIGHT) - 1;
    const stored = read(level, number);
    const of = { rows: completed.rows[level * TILE_HEIGHT], hashes: completed.hashes[level * TILE_HEIGHT] };
    if (!isSame(stored, of.hashes) || !isSame(stored, of.rows)) found.push({ level, number, stored, of });
  }
  return found;
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one !== undefined && other !== undefined && one.equals(other);

const aboveChanged = ({ level, number, stored }: Above): string =>
  `hash ${number} of level ${level} of the tree is not that of its entries (${printOf(stored)})`;

const rowChanged = ({ index, row, print }: Wrong): string => `${alteredEntry(index, row)} (${print})`;

const hashChanged = ({ index, row, print }: Wrong): string =>
  `the hash of entry ${index} of the log${row ? `, the row "${row.id}",` : ''} is not the one that was signed (${print})`;

function bothChanged({ size: from, next }: { size: number; next: string }, to: number, root: Buffer): string {
  const which =
    to - from === 1 ? `entry ${from} of the log` : `one of the entries ${from} to ${to - 1} of the log`;
  return `${which} is not the one that was signed, and its hash was changed too: the signed root of the first ${to} entries does not match (${printOf(root)}). The row of entry ${from} is "${next}" now`;
}
