import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { context, type Plugin } from 'esbuild';

/** One change of the real source: in `file`, the text `from` becomes `to`. */
export type Edit = Readonly<{ file: string; from: string; to: string }>;

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, '.curfew', 'simulator');
/** What takes the place of Temporal's packages and of a module that has timers of its own. */
const INSTEAD: Readonly<Record<string, string>> = {
  '@temporalio/workflow': join(import.meta.dirname, 'parts/workflow-api.ts'),
  '@temporalio/activity': join(import.meta.dirname, 'parts/activity-api.ts'),
  'node:timers/promises': join(import.meta.dirname, 'parts/timers-api.ts'),
};

type Simulator = typeof import('./run-seed.ts');

/** Puts the simulator and the real source into one module. */
export type Bundler = Readonly<{
  /** Loads it with these edits. The files in the working tree stay as they are. `name` tells this module from others. */
  load(name: string, edits?: readonly Edit[]): Promise<Simulator>;
  close(): Promise<void>;
}>;

/** `files` are all that edits may change. What was read and parsed once is kept, so the next module is made quickly. */
export async function openBundler(files: readonly string[]): Promise<Bundler> {
  let edits: readonly Edit[] = [];
  const bundle = await context({
    entryPoints: [join(import.meta.dirname, 'run-seed.ts')],
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: [inPlace(files, () => edits)],
  });
  mkdirSync(OUT, { recursive: true });
  return {
    async load(name, next = []) {
      edits = next;
      const { outputFiles } = await bundle.rebuild();
      const file = join(OUT, `${name}-${process.pid}.mjs`);
      writeFileSync(file, outputFiles[0]?.contents ?? '');
      return (await import(pathToFileURL(file).href)) as Simulator;
    },
    close: () => bundle.dispose(),
  };
}

const inPlace = (files: readonly string[], edits: () => readonly Edit[]): Plugin => ({
  name: 'simulator',
  setup(build) {
    build.onResolve({ filter: /^(@temporalio\/(workflow|activity)|node:timers\/promises)$/ }, ({ path }) => ({
      path: INSTEAD[path] ?? path,
    }));
    // Every other file is read by esbuild itself, which is much faster.
    build.onLoad({ filter: anyOf(files) }, ({ path }) => {
      const file = relative(ROOT, path);
      const own = edits().filter((edit) => edit.file === file);
      const contents = own.reduce(edited, readFileSync(path, 'utf8'));
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
});

/** Matches the paths of these files. */
const anyOf = (files: readonly string[]): RegExp =>
  new RegExp(`/(?:${files.map((file) => file.replaceAll('.', '\\.')).join('|')})$`);

/** Throws when the text is not there exactly once: then the edit is not the one that was meant. */
function edited(source: string, { file, from, to }: Edit): string {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has the text of a planted bug ${parts.length - 1} times, not once: ${from}`);
  return parts.join(to);
}
