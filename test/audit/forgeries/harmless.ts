import { isDeepStrictEqual } from 'node:util';
import type { Kind } from './honest-folders.fixture.ts';
import { type Files, linesOf, type Row } from './files.ts';

/** One changed file of a folder. It is undefined where there is no such file. */
export type ChangedFile = Readonly<{
  kind: Kind;
  path: string;
  honest: Buffer | undefined;
  changed: Buffer | undefined;
}>;

/** Why a change makes nobody believe something false. `sentence` is the one of docs/verify.md that says it. */
export type Rule = Readonly<{ name: string; sentence: string; allows: (file: ChangedFile) => boolean }>;

/** The lines of a file as JSON. Undefined when one of them is none. */
function rowsOf(bytes: Buffer | undefined): readonly Row[] | undefined {
  const text = bytes?.toString() ?? '';
  if (text !== '' && !text.endsWith('\n')) return undefined;
  try {
    return linesOf(text).map((line) => JSON.parse(line) as Row);
  } catch {
    return undefined;
  }
}

/** Whether some rows are these without one or several of them, in the same order. */
function isPart(part: readonly Row[], whole: readonly Row[]): boolean {
  let at = 0;
  for (const row of whole) if (isDeepStrictEqual(row, part[at])) at += 1;
  return at === part.length;
}

const fewerRows = ({ honest, changed }: ChangedFile): boolean => {
  const [rows, all] = [rowsOf(changed), rowsOf(honest)];
  return rows !== undefined && all !== undefined && changed !== undefined && isPart(rows, all);
};

/** Every change that is harmless. The page says so of each. */
export const RULES: readonly Rule[] = [
  {
    name: 'what nothing in the log proves',
    sentence: 'Nothing in the log proves them',
    allows: ({ path }) => path.startsWith('not-proven/'),
  },
  {
    name: 'the texts of an entry are erased',
    sentence: 'Texts that were erased are absent',
    allows: (file) => file.path === 'texts.jsonl' && fewerRows(file),
  },
  {
    name: 'what a person wrote is erased',
    sentence: 'What was erased is absent',
    allows: (file) => file.path === 'free-texts.jsonl' && fewerRows(file),
  },
];

/** The names of the rules that allow every difference between two folders. Undefined when one difference is not harmless. */
export function harmlessBy(
  kind: Kind,
  { honest, changed }: Readonly<Record<'honest' | 'changed', Files>>,
): readonly string[] | undefined {
  const paths = new Set([...honest.keys(), ...changed.keys()]);
  const names: string[] = [];
  for (const path of paths) {
    const file = { kind, path, honest: honest.get(path), changed: changed.get(path) };
    if (file.honest && file.changed?.equals(file.honest) === true) continue;
    const rule = RULES.find(({ allows }) => allows(file));
    if (!rule) return undefined;
    names.push(rule.name);
  }
  return names;
}
