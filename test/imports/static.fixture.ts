import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './loaded.fixture.ts';

/** `isType` imports do not exist when the program runs. `to` is a file of this project or a package's specifier. */
export type Import = Readonly<{ from: string; to: string; kind: 'static' | 'type' | 'dynamic' }>;

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
/** The argument is a literal, or any other expression. */
const DYNAMIC = /\bimport\(\s*(?:['"]([^'"]+)['"]|([^)]*))/g;

export function importsIn(from: string, source: string): readonly Import[] {
  const at = (specifier: string): string =>
    specifier.startsWith('.') ? join(dirname(from), specifier) : specifier;
  return [
    ...[...source.matchAll(STATEMENT)].map(([, type, to = '']): Import => ({
      from,
      to: at(to),
      kind: type ? 'type' : 'static',
    })),
    ...[...source.matchAll(DYNAMIC)].map(([, literal, other = '']): Import => ({
      from,
      to: at(literal ?? other),
      kind: 'dynamic',
    })),
  ];
}

export const isOwn = (to: string): boolean => existsSync(join(ROOT, to)) && /\.(tsx?|mjs)$/.test(to);

/** The imports of every file that is reachable from the entries by static imports. */
export function reachableImports(
  entries: readonly string[],
  read = (file: string): string => readFileSync(join(ROOT, file), 'utf8'),
): ReadonlyMap<string, readonly Import[]> {
  const found = new Map<string, readonly Import[]>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const imports = importsIn(file, read(file));
    found.set(file, imports);
    waiting.push(...imports.filter(({ to, kind }) => kind === 'static' && isOwn(to)).map(({ to }) => to));
  }
  return found;
}
