import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { csvLines } from '../../../audit/csv.ts';
import { CHECKSUMS } from '../../../audit/evidence/checksums.ts';

/** The files of a folder, by their paths in it. */
export type Files = ReadonlyMap<string, Buffer>;
/** What somebody does to a folder alone. */
export type Change = (files: Files) => Files;
/** An object that a line of JSON has. */
export type Row = Readonly<Record<string, unknown>>;

/** Every file of a folder on the disk. */
export function readFolder(folder: string): Files {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    found.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [relative(folder, file).split(sep).join('/'), readFileSync(file)];
    }),
  );
}

/** Makes a folder on the disk have these files and no other. */
export function writeFolder(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** The same files, with a list of hashes that is right. A folder without such a list stays as it is. */
export function withChecksums(files: Files): Files {
  if (![...files.keys()].some(isEvidence)) return files;
  const paths = [...files.keys()].filter((path) => path !== CHECKSUMS).sort();
  const hash = (path: string): string =>
    createHash('sha256')
      .update(files.get(path) ?? '')
      .digest('hex');
  const text = paths.map((path) => `${hash(path)}  ${path}\n`).join('');
  return new Map([...files, [CHECKSUMS, Buffer.from(text)]]);
}

/** Whether two folders have the same files with the same bytes. */
export const areSame = (one: Files, other: Files): boolean =>
  one.size === other.size && [...one].every(([path, bytes]) => other.get(path)?.equals(bytes) === true);

/** Whether a file lies beside the bundle. */
export const isEvidence = (path: string): boolean => path.startsWith('evidence/');

/** The bundle of one folder with the evidence of another one. */
export const mixed = (bundle: Files, evidence: Files): Files =>
  new Map([
    ...[...bundle].filter(([path]) => !isEvidence(path)),
    ...[...evidence].filter(([path]) => isEvidence(path)),
  ]);

/** The text of a file. Throws when there is no such file. */
export function textOf(files: Files, path: string): string {
  const bytes = files.get(path);
  if (!bytes) throw new Error(`there is no file ${path}`);
  return bytes.toString();
}

/** The lines of a text, without the ends of the lines. */
export const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

/** The objects of a file that has one in each line. */
export const rowsOf = (files: Files, path: string): readonly Row[] =>
  linesOf(textOf(files, path)).map((line) => JSON.parse(line) as Row);

/** The object of a file that has one. */
export const objectOf = (files: Files, path: string): Row => JSON.parse(textOf(files, path)) as Row;

/** The same files, with another text in one. */
export const withText = (files: Files, path: string, text: string): Files =>
  new Map([...files, [path, Buffer.from(text)]]);

/** The same files, without these. */
export const without = (files: Files, ...paths: readonly string[]): Files =>
  new Map([...files].filter(([path]) => !paths.includes(path)));

/** The same files, with other lines in one. */
export const withLines = (files: Files, path: string, lines: readonly string[]): Files =>
  withText(files, path, lines.map((line) => `${line}\n`).join(''));

/** The same files, with other objects in the lines of one. */
export const withRows = (files: Files, path: string, rows: readonly Row[]): Files =>
  withLines(
    files,
    path,
    rows.map((row) => JSON.stringify(row)),
  );

/** The same files, with a change of the object that one has. */
export const changedObject = (files: Files, path: string, change: (about: Row) => Row): Files =>
  withText(files, path, `${JSON.stringify(change(objectOf(files, path)), null, 2)}\n`);

/** The same files, with a change of the rows of a table, in its JSON lines and in its file for spreadsheets. */
export function changedTable(
  files: Files,
  table: string,
  change: (rows: readonly Row[]) => readonly Row[],
): Files {
  const rows = change(rowsOf(files, `${table}.jsonl`));
  const columns = (linesOf(textOf(files, `${table}.csv`))[0] ?? '').split(',');
  const csv = csvLines(rows as Parameters<typeof csvLines>[0], columns);
  return withLines(withRows(files, `${table}.jsonl`, rows), `${table}.csv`, csv);
}
