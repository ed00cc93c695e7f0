import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The name of a folder has the machine and the process that made it, so that it is known whether anybody still needs it. */
const NAME = /^curfew-folder-(\d+)-([\w.-]+)-[^-]+$/;

/** A folder of another machine that is older is removed. A download that takes longer than that fails. */
const ABANDONED_AFTER_MS = 24 * 60 * 60_000;

const thisMachine = (): string => hostname().replace(/[^\w.-]/g, '_');

/** Makes an empty folder of this process, which only its user can read. */
export const temporaryFolder = (): Promise<string> =>
  mkdtemp(join(tmpdir(), `curfew-folder-${process.pid}-${thisMachine()}-`));

/**
 * Removes the folders of processes of this user that were killed before they could remove them. Whether a process of another machine runs is not
 * known, so its folders stay for a day.
 */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, machine] = NAME.exec(name) ?? [];
    const folder = join(tmpdir(), name);
    if (pid !== undefined && (await isAbandoned(folder, Number(pid), machine)))
      await rm(folder, { recursive: true, force: true });
  }
}

async function isAbandoned(folder: string, pid: number, machine: string | undefined): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false;
  if (machine !== thisMachine()) return found.mtimeMs < Date.now() - ABANDONED_AFTER_MS;
  // In a container, the process after a restart has the number of the one before.
  const startedAt = Date.now() - process.uptime() * 1000;
  return pid === process.pid ? found.mtimeMs < startedAt : !runs(pid);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
