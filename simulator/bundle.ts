import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as bundle, type Plugin } from 'esbuild';

/** One change of the real source: in `file`, the text `from` becomes `to`. */
export type Edit = Readonly<{ file: string; from: string; to: string }>;

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, '.curfew', 'simulator');
/** What takes the place of Temporal's packages. */
const INSTEAD: Readonly<Record<string, string>> = {
  '@temporalio/workflow': join(import.meta.dirname, 'parts/workflow-api.ts'),
  '@temporalio/activity': join(import.meta.dirname, 'parts/activity-api.ts'),
};

/**
 * Puts the simulator and the real source into one module, with these edits, and loads it. The files in the working tree stay as they
 * are. `name` tells this module from others.
 */
export async function loadSimulator(
  name: string,
  edits: readonly Edit[] = [],
): Promise<typeof import('./run-seed.ts')> {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${name}-${process.pid}.mjs`);
  await bundle({
    entryPoints: [join(import.meta.dirname, 'run-seed.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: [inPlace(edits)],
  });
  return (await import(pathToFileURL(outfile).href)) as typeof import('./run-seed.ts');
}

const inPlace = (edits: readonly Edit[]): Plugin => ({
  name: 'simulator',
  setup(build) {
    build.onResolve({ filter: /^@temporalio\/(workflow|activity)$/ }, ({ path }) => ({
      path: INSTEAD[path] ?? path,
    }));
    // Every other file is read by esbuild itself, which is much faster.
    build.onLoad({ filter: anyOf(edits.map(({ file }) => file)) }, ({ path }) => {
      const file = relative(ROOT, path);
      const own = edits.filter((edit) => edit.file === file);
      const contents = own.reduce(edited, readFileSync(path, 'utf8'));
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
});

/** Matches the paths of these files. Without a file it matches none. */
const anyOf = (files: readonly string[]): RegExp =>
  files.length === 0
    ? /^$/
    : new RegExp(`/(?:${files.map((file) => file.replaceAll('.', '\\.')).join('|')})$`);

/** Throws when the text is not there exactly once: then the edit is not the one that was meant. */
function edited(source: string, { file, from, to }: Edit): string {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has the text of a planted bug ${parts.length - 1} times, not once: ${from}`);
  return parts.join(to);
}
