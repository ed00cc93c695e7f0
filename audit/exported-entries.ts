import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { leafHash } from './tree/hash.ts';

/** The entries of an export, of which one is looked at after the other. */
export type ExportedEntries = Readonly<{
  /** Whether the entry at this index has this hash. Ask in the order of the indices. An entry that is purged there has none. */
  has(index: number, hash: Buffer): Promise<boolean>;
  close(): void;
}>;

/** Reads the entries of an export, one line at a time. */
export function exportedEntries(folder: string): ExportedEntries {
  const input = createReadStream(join(folder, 'entries.jsonl'));
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  let next = 0;
  let line = '';
  return {
    async has(index, hash) {
      for (; next <= index; next += 1) {
        const read = await lines.next();
        if (read.done === true) return false;
        line = read.value;
      }
      return leafHash(Buffer.from(line)).equals(hash);
    },
    close: () => input.destroy(),
  };
}
