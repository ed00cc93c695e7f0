import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../../scripts/import-table.ts';

export type Import = Readonly<{ from: string; line: number; to: string; isType: boolean }>;

/** Statements at the start of a line. Quotations in strings and comments are indented or have a star before them. */
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The imports of one file. A relative import is given as a path from the project's folder. */
export function importsOf(file: string, source: string): Import[] {
  const found = [
    ...[...source.matchAll(STATEMENT)].map((match) => ({
      match,
      specifier: match[2] ?? '',
      isType: match[1] !== undefined,
    })),
    ...[...source.matchAll(DYNAMIC)].map((match) => ({ match, specifier: match[1] ?? '', isType: false })),
  ];
  return found.map(({ match, specifier, isType }) => ({
    from: file,
    line: source.slice(0, match.index).split('\n').length,
    to: specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier,
    isType,
  }));
}

/** Every TypeScript file that git knows or would add. */
export const sourceFiles = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => /\.tsx?$/.test(name));

export const allImports = (): readonly Import[] =>
  sourceFiles().flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), 'utf8')));

/** The first cycle among imports that exist at run time, as the files along it; undefined when there is none. */
export function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, isType } of imports) if (!isType) next.set(from, [...(next.get(from) ?? []), to]);
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
