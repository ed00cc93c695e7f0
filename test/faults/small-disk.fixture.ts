import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the home of a Postgres server, whose files lie on a small disk. */
export type SmallDisk = Readonly<{
  home: string;
  grow(): void;
  /** The server must be down. */
  remove(): void;
}>;

const SMALL = '224m';
const LARGE = '512m';

/** Mounts a disk in memory. Throws where this process may not do that. */
export function mountSmallDisk(): SmallDisk {
  const home = mkdtempSync(join(tmpdir(), 'curfew-disk-'));
  const disk = join(home, 'postgres');
  mkdirSync(disk);
  const remove = () => {
    spawnSync('umount', ['--lazy', disk]);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${SMALL}`, 'tmpfs', disk);
  } catch (error) {
    remove();
    throw error;
  }
  return { home, grow: () => run('mount', '-o', `remount,size=${LARGE}`, disk), remove };
}

/** Why no disk can be mounted here; undefined where it can. */
export function whyNoSmallDisk(): string | undefined {
  try {
    mountSmallDisk().remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim());
}
