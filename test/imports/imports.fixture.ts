import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { providerFolders } from '../../providers/load.ts';
import { ROOT } from '../../scripts/import-table.ts';

/** `type` imports do not exist at run time. `to` is a path from the project's folder, or the name of a package. */
export type Import = Readonly<{
  from: string;
  line: number;
  to: string;
  kind: 'static' | 'type' | 'dynamic';
}>;

/** Statements at the start of a line. Quotations in strings and comments are indented or have a star before them. */
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
/** The argument is a literal, or any other expression. */
const DYNAMIC = /\bimport\(\s*(?:['"]([^'"]+)['"]\s*[,)]|([^)]*))/g;

/** The imports of one file. */
export function importsOf(from: string, source: string): readonly Import[] {
  const found = [
    ...[...source.matchAll(STATEMENT)].map(({ index, 1: type, 2: to = '' }) => ({
      index,
      to,
      kind: type ? ('type' as const) : ('static' as const),
    })),
    ...[...source.matchAll(DYNAMIC)].map(({ index, 1: literal, 2: other = '' }) => ({
      index,
      to: literal ?? other,
      kind: 'dynamic' as const,
    })),
  ];
  return found.map(({ index, to, kind }) => ({
    from,
    line: source.slice(0, index).split('\n').length,
    to: to.startsWith('.') ? join(dirname(from), to) : to,
    kind,
  }));
}

/** The imports of every file that is reachable from the entries by imports that exist at run time. */
export function reachableImports(entries: readonly string[]): ReadonlyMap<string, readonly Import[]> {
  const found = new Map<string, readonly Import[]>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const imports = [...importsOf(file, readFileSync(join(ROOT, file), 'utf8')), ...foldersOf(file)];
    found.set(file, imports);
    waiting.push(...imports.filter(({ to, kind }) => kind !== 'type' && isOwn(to)).map(({ to }) => to));
  }
  return found;
}

/** The loader of the providers imports two files of each folder, whose names it computes. */
const LOADER = 'providers/load.ts';
export const isComputed = ({ from, to }: Pick<Import, 'from' | 'to'>): boolean =>
  from === LOADER && ["'./' + each + '/index.ts'", "'./' + each + '/settings.ts'"].includes(to);

const foldersOf = (file: string): readonly Import[] =>
  file === LOADER
    ? providerFolders().flatMap((folder) =>
        ['settings.ts', 'index.ts'].map((name): Import => ({
          from: LOADER,
          line: 0,
          to: `providers/${folder}/${name}`,
          kind: 'dynamic',
        })),
      )
    : [];

const isOwn = (to: string): boolean => existsSync(join(ROOT, to)) && /\.(tsx?|mjs)$/.test(to);

/** Every TypeScript file that git knows or would add. */
export const sourceFiles = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => /\.tsx?$/.test(name) && existsSync(join(ROOT, name))); // git lists deleted files too

export const allImports = (): readonly Import[] =>
  sourceFiles().flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), 'utf8')));

/** The first cycle among imports that exist at run time, as the files along it; undefined when there is none. */
export function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, kind } of imports)
    if (kind !== 'type') next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = walk(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = walk(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
