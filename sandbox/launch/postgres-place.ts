import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from './home.ts';
import type { Binaries } from './postgres-binaries.ts';
import { LaunchError } from './launch-error.ts';

/** Postgres refuses to run as root. This is "nobody" on most systems. Where it has no entry, it works as well. */
const NOBODY = { uid: 65534, gid: 65534 };

/** Where root puts the files of Postgres when its user cannot reach the home. */
const SHARED = '/var/lib/curfew';

export type User = Readonly<{ uid: number; gid: number }>;

/**
 * The user that Postgres runs as when this process is root; else undefined, and Postgres runs as the same user. A
 * database that an ordinary user made keeps its owner, because Postgres opens only files of the user it runs as.
 */
export function postgresUser(dir: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(dir, { throwIfNoEntry: false }) ?? NOBODY;
  return uid === 0 ? NOBODY : { uid, gid };
}

/** Whether users who are neither owner nor in the group can reach this folder. In /root, for example, they cannot. */
export function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The folder for Postgres' files, owned by the user it runs as. It is `<dir>` itself, or a folder in `shared` that
 * `<dir>` links to, when that user could not reach `<dir>`.
 */
export function postgresPlace(dir: string, shared = SHARED): string {
  const kind = lstatSync(dir, { throwIfNoEntry: false });
  const user = postgresUser(dir);
  const place = kind?.isSymbolicLink()
    ? readlinkSync(dir)
    : user && !isReachable(dirname(dir))
      ? elsewhere(shared)
      : dir;
  if (place !== dir && kind?.isDirectory()) throw outOfReach(dir);
  makeFolder(place, 0o700);
  if (user) chownSync(place, user.uid, user.gid);
  if (place !== dir && !kind) symlinkSync(place, dir);
  return place;
}

function elsewhere(shared: string): string {
  makeFolder(shared, 0o711);
  return join(shared, `postgres-${randomBytes(6).toString('hex')}`);
}

const outOfReach = (dir: string): LaunchError =>
  new LaunchError('not-writable', {
    what: 'Postgres does not run as root, and the user that runs it instead cannot reach its folder',
    where: dir,
    remedy: 'Let other users enter the folders above it (chmod o+x), or run Curfew as an ordinary user.',
  });

/** Binaries that Postgres' user can run: the same ones, or a copy that is made once for each version. */
export function reachableBinaries(binaries: Binaries, user: User | undefined): Binaries {
  if (!user || isReachable(binaries.bin)) return binaries;
  const version = readFileSync(join(binaries.root, '..', 'package.json'), 'utf8');
  const copy = join(SHARED, `binaries-${String((JSON.parse(version) as { version: unknown }).version)}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    makeFolder(SHARED, 0o711);
    mkdirSync(draft, { mode: 0o755 });
    cpSync(binaries.root, draft, { recursive: true, verbatimSymlinks: true });
    if (existsSync(copy)) rmSync(draft, { recursive: true });
    else renameSync(draft, copy);
  }
  return { ...binaries, root: copy, bin: join(copy, 'bin') };
}
