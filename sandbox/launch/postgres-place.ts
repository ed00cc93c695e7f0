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

/** Postgres refuses to run as root. This is "nobody" on most systems, and has no entry on others: both are fine. */
const NOBODY = { uid: 65534, gid: 65534 };

/** Where root keeps what must be readable by another user when the folder of Curfew is not. */
const SHARED = '/var/lib/curfew';

export type User = Readonly<{ uid: number; gid: number }>;

/**
 * Whom Postgres runs as; undefined when we are an ordinary user, and it runs as we do. A database that an
 * ordinary user made keeps its owner, because Postgres opens only what belongs to whoever it runs as.
 */
export function postgresUser(dir: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(dir, { throwIfNoEntry: false }) ?? NOBODY;
  return uid === 0 ? NOBODY : { uid, gid };
}

/** Whether somebody who is neither owner nor in the group can walk to this folder: think of a clone in /root. */
export function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The folder for Postgres' files, owned by whoever it runs as: `<dir>` itself, or, when root's Postgres
 * could not walk there, a folder of its own elsewhere that `<dir>` is a link to.
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
    what: 'Postgres does not run as root, and the user it runs as instead cannot walk to its folder',
    where: dir,
    remedy: 'Let others pass through the folders above it (chmod o+x), or run Curfew as an ordinary user.',
  });

/** The binaries where Postgres' user can run them: themselves, or a copy made once for that version. */
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
