import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../app/errors.ts';
import { isAlive, parseIdentity, self } from './pids.ts';
import { diskErrorOf, LaunchError } from './launch-error.ts';

/** The folder that holds everything the demo keeps on this machine, locked for one process. */
export type Home = Readonly<{ path: string; release(): void }>;

const LOCK = /^lock\.(\d+)$/;

/**
 * Makes the folder when it is missing, and takes its lock.
 * Throws a `LaunchError`: another Curfew runs here, the disk is full, the folder may not be written.
 */
export function openHome(path: string): Home {
  try {
    makeHome(path);
    const lock = takeLock(path);
    return { path, release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    throw diskErrorOf(error, path);
  }
}

/** Makes the folder and its subfolders, and keeps what exists. Takes no lock. */
export function makeHome(path: string): void {
  makeFolder(path, homeMode());
  for (const part of ['run', 'logs']) makeFolder(join(path, part), 0o700);
}

/** Makes a folder with exactly this mode, whatever the umask is. A folder that exists gets the mode as well. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
}

/** Only the owner may list it. When root runs the demo, Postgres runs as another user, who must pass through it. */
const homeMode = () => (process.getuid?.() === 0 ? 0o711 : 0o700);

/**
 * Locks are numbered files, and the highest number is valid. When two processes find the same dead owner, both try to
 * make the next number, and only one succeeds. A process removes only its own lock, or a lower one.
 */
function takeLock(home: string): string {
  const run = join(home, 'run');
  const [last = 0] = locksIn(run);
  if (last > 0) refuseIfAlive(home, join(run, `lock.${last}`));
  const mine = join(run, `lock.${last + 1}`);
  const draft = join(run, `draft.${process.pid}`);
  writeFileSync(draft, JSON.stringify(self()), { mode: 0o600 });
  try {
    linkSync(draft, mine);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw inUse(home, undefined);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const [highest] = locksIn(run);
  if (highest !== last + 1) {
    rmSync(mine, { force: true });
    throw inUse(home, undefined);
  }
  if (last > 0) rmSync(join(run, `lock.${last}`), { force: true });
  return mine;
}

const locksIn = (run: string): number[] =>
  readdirSync(run)
    .map((name) => Number(LOCK.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => b - a);

function refuseIfAlive(home: string, lock: string): void {
  try {
    const owner = parseIdentity(readFileSync(lock, 'utf8'));
    if (owner && isAlive(owner)) throw inUse(home, owner.pid);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function inUse(home: string, pid: number | undefined): LaunchError {
  return new LaunchError('home-in-use', {
    what: `Curfew runs in this folder already${pid === undefined ? '' : ` (process ${pid})`}`,
    where: home,
    remedy: 'Use the one that runs, stop it with Ctrl-C first, or name another folder with CURFEW_HOME.',
  });
}
