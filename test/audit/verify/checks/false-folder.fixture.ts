import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Files, KEY, writeFiles } from '../bundle.fixture.ts';
import type { Verifier } from './switched-verifier.fixture.ts';

// Folders that are false in one point, and everything else in them fits.

/** What a person verifies, and what they give to the verifier. Paths are relative to the folder with all files. */
export type FalseFolder = Readonly<{ files: Files } & Given>;
type Given = Readonly<{
  keys?: readonly string[];
  places?: readonly string[];
  kept?: readonly string[];
  archives?: readonly string[];
  checksum?: string;
  /** A file with proofs, which is verified instead of the folder `bundle`. */
  proofs?: string;
  /** Links, each with its target. */
  links?: ReadonlyMap<string, string>;
}>;
/** False folders by a sentence of what is false. */
export type FalseFolders = Readonly<Record<string, () => FalseFolder>>;

/** Writes a folder, calls a function with its path, and removes it. */
export function whileWritten<T>({ files, links = new Map() }: FalseFolder, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-false-'));
  try {
    writeFiles(folder, files);
    for (const [path, target] of links) symlinkSync(target, join(folder, path));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The verdict of a verifier about a folder that is written. */
export function verdictIn(folder: string, given: Given, { verifyBundle, checkProofs }: Verifier): string {
  const { keys = [KEY.vkey], proofs, checksum } = given;
  const paths = (list: readonly string[] = []) => list.map((each) => join(folder, each));
  if (proofs !== undefined) return checkProofs(join(folder, proofs), keys).verdict;
  const { places, kept, archives } = given;
  return verifyBundle(join(folder, 'bundle'), {
    ...{ keys, places: paths(places), kept: paths(kept), archives: paths(archives), checksum },
  }).verdict;
}

/** The files with one more, or another one at its path. */
export const withFile = (files: Files, path: string, bytes: Buffer | string): Files =>
  new Map([...files, [path, Buffer.from(bytes)]]);

/** The files without those at these paths. */
export const withoutFile = (files: Files, ...paths: readonly string[]): Files =>
  new Map([...files].filter(([path]) => !paths.includes(path)));

/** The files with another text at a path. Throws when the text is the same, because then nothing is false. */
export function edited(files: Files, path: string, change: (text: string) => string): Files {
  const before = files.get(path)?.toString('utf8');
  if (before === undefined) throw new Error(`there is no file ${path}`);
  const after = change(before);
  if (after === before) throw new Error(`the change of ${path} changes nothing`);
  return withFile(files, path, after);
}

/** The files with one more line at the end of a file. */
export const withLine = (files: Files, path: string, line: string): Files =>
  edited(files, path, (text) => `${text}${line}\n`);

/** The lines of a text, each with its newline, in another order or number. */
export const inLines =
  (change: (lines: readonly string[]) => readonly string[]) =>
  (text: string): string =>
    change(text.match(/.*\n/g) ?? []).join('');

/** A text of JSON with other values. */
export const withValues =
  (change: (value: Record<string, unknown>) => object) =>
  (text: string): string => {
    const value = JSON.parse(text) as Record<string, unknown>;
    return `${JSON.stringify({ ...value, ...change(value) })}\n`;
  };

/** The first line of a text in JSON lines, with other values. */
export const inFirstLine = (change: (value: Record<string, unknown>) => object) =>
  inLines(([first = '', ...others]) => [withValues(change)(first), ...others]);
