import { posix } from 'node:path';

// Jest knows who imports a file only in the folders of its tests. So this reads the names of files that code has.

/** @typedef {Readonly<{ run: readonly string[], types: readonly string[] }>} Names The files that a file names: those that it needs when it runs, and those of which it has only types. */

const CODE = /\.([cm]?js|m?tsx?)$/;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/gm;
const STATEMENT = /\b(?:import|export)\s+(type\s)?([^'"`;]*?)\bfrom\s*(['"][^'"]+['"])/g;
/** A text that can be a path, or the beginning of one before a computed part. */
const PATH = /(['"`])([\w@./-]+)(\1|\$\{)/g;

/**
 * What a file names. Every quoted text that is the path of a file, from the folder of the code or from the root, counts: in imports, in addresses,
 * and in arguments of a process. The path of a folder counts for all its files when they are no code (migrations, policies), and when the name of
 * the file is computed (`./assets/${name}`).
 * @param {string} file @param {string} text @param {Repository} repository @returns {Names}
 */
function namesIn(file, text, { has, filesIn, isData }) {
  /** @param {string} part */
  const paths = (part) =>
    [...part.matchAll(PATH)].flatMap(([, , path = '', end]) => {
      const candidates = [posix.join(posix.dirname(file), path), posix.normalize(path)];
      return candidates.flatMap((each) => {
        if (has(each)) return [each];
        const inside = filesIn(each.replace(/\/$/, ''));
        return (end === '${' && /^\..*\/$/.test(path)) || isData(inside) ? inside : [];
      });
    });
  /** @type {string[]} */
  const types = [];
  const rest = text.replaceAll(COMMENT, '').replaceAll(STATEMENT, (all, isType, names, from) => {
    if (isType === undefined && !hasOnlyTypes(names)) return all;
    types.push(...paths(from));
    return '';
  });
  return { run: paths(rest), types };
}

/** @param {string} names */
const hasOnlyTypes = (names) =>
  /^\{[^}]*\}\s*$/.test(names) &&
  names
    .replaceAll(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));

/** @typedef {Readonly<{ has: (path: string) => boolean, filesIn: (folder: string) => readonly string[], isData: (files: readonly string[]) => boolean }>} Repository */

/** @param {readonly string[]} files @returns {Repository} */
function repositoryOf(files) {
  const known = new Set(files);
  /** @type {Map<string, string[]>} */
  const folders = new Map();
  for (const file of files)
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      folders.set(folder, [...(folders.get(folder) ?? []), file]);
  return {
    has: (path) => known.has(path),
    filesIn: (folder) => folders.get(folder) ?? [],
    isData: (inside) => !inside.some((file) => CODE.test(file)),
  };
}

/**
 * Finds the files that need a file when they run, and the file itself. When none of them is wanted, those that have its types are taken in its place.
 * `files` are all files, also those that were deleted. `read` returns the text of one; undefined when it was deleted.
 * @param {readonly string[]} files @param {(file: string) => string | undefined} read @param {(file: string) => boolean} isWanted
 * @returns {(file: string) => readonly string[]}
 */
export function importersIn(files, read, isWanted) {
  const repository = repositoryOf(files);
  const [run, types] = [new Map(), new Map()];
  for (const file of files.filter((each) => CODE.test(each))) {
    const names = namesIn(file, read(file) ?? '', repository);
    for (const named of names.run) run.set(named, (run.get(named) ?? new Set()).add(file));
    for (const named of names.types) types.set(named, (types.get(named) ?? new Set()).add(file));
  }
  /** @param {Iterable<string>} from */
  const wantedFrom = (from) => {
    const found = new Set(from);
    for (const file of found) for (const importer of run.get(file) ?? []) found.add(importer);
    return [...found].filter(isWanted);
  };
  return (file) => {
    const found = wantedFrom([file]);
    return found.length > 0 ? found : wantedFrom(types.get(file) ?? []);
  };
}
