import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a process loaded: files of this project (relative to its root), and names of npm packages. */
export type Loaded = Readonly<{ files: readonly string[]; packages: readonly string[] }>;

export type Ended = Readonly<{ code: number | null; out: string; loaded: Loaded }>;

type Options = Readonly<{
  env?: Readonly<Record<string, string>>;
  /** SIGINT is sent when this text is in the output. */
  stopWhen?: string;
}>;

const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

/** Appends the URL of every ES module that is loaded, and at the end the path of every CommonJS module. */
function recorder(file: string): string {
  const name = JSON.stringify(file);
  const hooks = `
    import { appendFileSync } from 'node:fs';
    export function load(url, context, nextLoad) {
      appendFileSync(${name}, url + '\\n');
      return nextLoad(url, context);
    }`;
  return dataUrl(`
    import { appendFileSync } from 'node:fs';
    import { createRequire, register } from 'node:module';
    register(${JSON.stringify(dataUrl(hooks))});
    const { cache } = createRequire(${JSON.stringify(import.meta.url)});
    process.on('exit', () => appendFileSync(${name}, Object.keys(cache).join('\\n') + '\\n'));`);
}

/** Runs Node with these arguments in an empty folder, and returns everything that the process loaded. */
export async function runRecorded(
  args: readonly string[],
  { env = {}, stopWhen }: Options = {},
): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'curfew-loaded-'));
  const file = join(home, 'loaded.txt');
  try {
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(process.execPath, ['--import', recorder(file), ...args], {
      cwd: home,
      env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), CURFEW_HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000, // Ends a process that hangs.
      killSignal: 'SIGKILL',
    });
    let out = '';
    let isStopped = false;
    const add = (chunk: Buffer): void => {
      out += chunk.toString('utf8');
      if (isStopped || stopWhen === undefined || !out.includes(stopWhen)) return;
      isStopped = true; // a second signal would end the process at once
      child.kill('SIGINT');
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, out, loaded: readLoaded(file) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function readLoaded(file: string): Loaded {
  const files = new Set<string>();
  const packages = new Set<string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || /^(node|data):/.test(line)) continue;
    const path = line.startsWith('file:') ? fileURLToPath(line.replace(/[?#].*/, '')) : line;
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (name === undefined) for (const source of sourcesOf(path)) files.add(relative(ROOT, source));
    else packages.add(name);
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** A file of the bundle stands for the sources in it, and any other file for itself. */
function sourcesOf(path: string): readonly string[] {
  if (!path.includes('/.curfew/program/')) return [path];
  const { sources } = JSON.parse(readFileSync(`${path}.map`, 'utf8')) as { sources: readonly string[] };
  return sources.map((source) => resolve(dirname(path), source));
}
