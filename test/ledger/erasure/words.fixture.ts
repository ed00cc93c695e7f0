import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { rows } from '../own-ledger.fixture.ts';
import { allColumns } from './columns.fixture.ts';

// A column that keeps a word of a person breaks the promise of `curfew audit erase`. So each word that is erased begins with the same letters, and this
// test looks for them in every column of every table.

export const WORD = 'quokka';
/** A text of a person. Each one begins alike, and differs in the rest. */
export const word = (what: string): string => `${WORD}-${what}`;

/** Every column of every table that has the word, as text or as bytes. */
export async function columnsWithWord(begin = WORD): Promise<readonly string[]> {
  const columns = await allColumns();
  const hex = Buffer.from(begin).toString('hex');
  const looks = columns.map(
    ({ place, table, column }) =>
      `select '${place}' as place where exists (select from ${table} where ${column}::text ilike any ('{%${begin}%,%${hex}%}'))`,
  );
  const found = await rows<{ place: string }>(`${looks.join(' union all ')} order by 1`);
  return found.map(({ place }) => place);
}

/** Every file below a folder that has the word. */
export async function filesWithWord(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).toString().toLowerCase().includes(WORD))
      found.push(relative(folder, path));
  }
  return found.sort();
}
