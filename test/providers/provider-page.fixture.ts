import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/import-table.ts';

/** The tables of a provider's page whose last column says what shows each line. */
export const PROVEN_TABLES = [
  'Access that does not come from the lease',
  'Access that can remain after the end',
];

/** The last cell of each row of the table in a section, without its heading. */
export const proofsIn = (section: string): readonly string[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').at(-2)?.trim() ?? '')
    .filter((cell) => cell !== 'shown by' && !/^-+$/.test(cell));

/** The proof of a row is a test, by its file and a part of its title or data, or the reason why there is none. */
export function problemOfProof(proof: string): string | undefined {
  if (/^cannot be tried here: \S/.test(proof)) return undefined;
  const [, file = '', title = ''] = /^`([\w./-]+\.ts)`: (.{8,})$/.exec(proof) ?? [];
  const path = join(ROOT, file.startsWith('test/') ? file : `test/providers/${file}`);
  if (file === '' || !existsSync(path)) return `no such test: ${proof}`;
  return readFileSync(path, 'utf8').includes(title) ? undefined : `${file} has nothing about "${title}"`;
}
