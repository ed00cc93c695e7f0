import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/import-table.ts';

/** The tables of a provider's page whose last column lists ways to have or to keep access. */
const TABLES = ['Access that does not come from the lease', 'Access that can remain after the end'] as const;
type Table = (typeof TABLES)[number];

/**
 * What shows each way of the tables: tests, each by its file and a part of its title or data, or the reason why none can. The page
 * marks the latter with †.
 */
export type Proofs = Readonly<
  Record<Table, Readonly<Record<string, readonly string[] | `${typeof NONE}${string}`>>>
>;
const NONE = 'cannot be tried here: ';

/** The ways of a table, which are between semicolons in its last column, without the heading. */
function waysOf(page: string, table: Table): readonly string[] {
  const [, after = ''] = page.split(new RegExp(`^#+ ${table}$`, 'm'));
  const rows = (after.split(/^#/m)[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).flatMap((row) => (row.split('|').at(-2) ?? '').split('; ').map((way) => way.trim()));
}

/** A problem with a proof that names a test: `file: title`. */
export function problemOfProof(proof: string): string | undefined {
  const [, file = '', title = ''] = /^([\w./-]+\.ts): (.{8,})$/.exec(proof) ?? [];
  const path = join(ROOT, file.startsWith('test/') ? file : `test/providers/${file}`);
  if (file === '' || !existsSync(path)) return `no such test: ${proof}`;
  return readFileSync(path, 'utf8').includes(title) ? undefined : `${file} has nothing about "${title}"`;
}

const problemsOfWay = (way: string, proof: string | readonly string[] | undefined): readonly string[] => {
  const isMarked = way.endsWith(' †');
  if (proof === undefined || proof.length === 0) return [`nothing shows "${way}"`];
  if (typeof proof === 'string') return isMarked ? [] : [`"${way}" needs the mark †: ${proof}`];
  return isMarked ? [`a test shows "${way}"`] : proof.flatMap((each) => problemOfProof(each) ?? []);
};

/** Each way of the page that nothing shows, or that the page marks wrongly, and each proof of something that is not on the page. */
export const problemsOfPage = (page: string, proofs: Proofs): readonly string[] =>
  TABLES.flatMap((table) => {
    const ways = waysOf(page, table);
    const named = ways.map((way) => way.replace(/ †$/, ''));
    return [
      ...(ways.length > 5 ? [] : [`the table "${table}" has ${ways.length} ways`]),
      ...ways.flatMap((way, index) => problemsOfWay(way, proofs[table][named[index] ?? ''])),
      ...Object.keys(proofs[table]).flatMap((way) =>
        named.includes(way) ? [] : [`not on the page: ${way}`],
      ),
    ];
  });
