import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder in memory that most Linux systems have. */
const MEMORY = '/dev/shm';
/** A whole run needs about one gigabyte. */
const ENOUGH_BYTES = 4 * 1024 ** 3;
/** The type of a file system in memory (`TMPFS_MAGIC` in statfs(2)). */
const TMPFS = 0x01021994;

/**
 * The folder for the temporary files of a run: in memory when there is room. Each test database has 300 files, and some
 * disks need almost a millisecond of computing for each new file. TMPDIR chooses another folder.
 */
export const temporaryPlace = (memory = MEMORY) =>
  !process.env.TMPDIR && freeMemoryIn(memory) >= ENOUGH_BYTES && startsPrograms(memory) ? memory : tmpdir();

/** Every folder in which an earlier run may have left something. */
export const temporaryPlaces = () => [...new Set([tmpdir(), MEMORY])].filter((place) => existsSync(place));

/** How many bytes of memory files in the folder can use. 0 when it is on a disk or missing. */
export function freeMemoryIn(folder) {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return type === TMPFS ? Math.min(bavail * bsize, process.availableMemory()) : 0;
  } catch {
    return 0;
  }
}

/** Whether a program can be started in the folder: some systems forbid it. */
export function startsPrograms(folder) {
  let own;
  try {
    own = mkdtempSync(join(folder, 'curfew-probe-'));
    const program = join(own, 'program');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    return spawnSync(program).status === 0;
  } catch {
    return false;
  } finally {
    if (own) rmSync(own, { recursive: true, force: true });
  }
}
