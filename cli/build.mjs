import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { BUNDLES, CURRENT, currentBundle, digestOf, hasSandbox, ROOT } from './bundle.mjs';

// npm run build: makes one program of the TypeScript, in .curfew/program, unless it is there.

/** A process that runs an older bundle may load a part of it later. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Builds the bundle, and returns the file that starts it. Another process may build at the same time, so each has a folder of its
 * own, and `current.json` names a folder only when it is complete. Throws when the sources have an error, and when the folder may not
 * be written.
 */
export async function build() {
  const folder = randomBytes(8).toString('hex');
  const out = join(BUNDLES, folder);
  const sources = new Map();
  mkdirSync(out, { recursive: true });
  try {
    await esbuild.build({ ...OPTIONS, outdir: out, plugins: [readingInto(sources)] });
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    throw error;
  } finally {
    await esbuild.stop(); // its process would live as long as this one
  }
  const paths = [...sources.keys()];
  const digest = digestOf(paths, (path) => sources.get(path));
  const files = readdirSync(out).length;
  const draft = `${CURRENT}.${folder}`;
  const previous = readCurrent();
  writeFileSync(draft, JSON.stringify({ folder, files, digest, sources: paths }));
  renameSync(draft, CURRENT);
  removeOlder([folder, previous]);
  return join(out, 'main.mjs');
}

const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: ['cli/main.ts'],
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true, // a command loads the parts that it needs
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  sourcesContent: false,
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  logLevel: 'silent',
};

/** Reads the sources of this project, and keeps in `sources` what it read, by the path from the project's folder. */
const readingInto = (sources) => ({
  name: 'curfew',
  setup(building) {
    // curfew.mjs reads the zone of the machine before it sets another one.
    building.onResolve({ filter: /\/local-zone\.mjs$/ }, () => ({
      path: `${UP}cli/terminal/local-zone.mjs`,
      external: true,
    }));
    building.onResolve({ filter: /^@curfew\/sandbox$/ }, () =>
      hasSandbox() ? { path: join(ROOT, 'sandbox/demo/index.ts') } : { external: true },
    );
    building.onLoad({ filter: /\.(tsx?|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const name = relative(ROOT, path);
      sources.set(name, text);
      return { contents: withOwnPlace(text, name), loader: /[^.]+$/.exec(path)[0].replace('mjs', 'js') };
    });
  },
});

/** From the folder of a bundle to that of the project. */
const UP = '../../../';

/** A file that looks for other files beside itself finds them beside its source. */
const withOwnPlace = (text, name) =>
  text
    .replaceAll('import.meta.url', `new URL('${UP}${name}', import.meta.url).href`)
    .replaceAll('import.meta.filename', `(import.meta.dirname + '/${UP}${name}')`)
    .replaceAll(/import\.meta\.dirname(?! \+)/g, `(import.meta.dirname + '/${UP}${name}/..')`);

function readCurrent() {
  try {
    return JSON.parse(readFileSync(CURRENT, 'utf8')).folder;
  } catch {
    return undefined;
  }
}

function removeOlder(kept) {
  for (const name of readdirSync(BUNDLES)) {
    const path = join(BUNDLES, name);
    if (path === CURRENT || kept.includes(name)) continue;
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now(); // another process removes it as well
    if (made < Date.now() - KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename && currentBundle() === undefined) await build();
