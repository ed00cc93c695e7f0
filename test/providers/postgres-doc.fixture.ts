import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PAGE = readFileSync(join(import.meta.dirname, '../../docs/providers/postgres.md'), 'utf8');

/** The text of the section with this heading, up to the next heading. */
export function sectionOf(heading: string): string {
  const [, after = ''] = PAGE.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return after.split(/^#/m)[0] ?? '';
}

/** The rows of the first table in a text, without its head. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** The SQL blocks of a text, in order. */
export const sqlOf = (text: string): readonly string[] =>
  [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql);
