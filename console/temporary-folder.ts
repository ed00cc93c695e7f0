import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The name of a folder has the process that made it, so that it is known whether anybody still needs it. */
const NAME = /^curfew-folder-(\d+)-/;

/** Makes an empty folder of this process, which only its user can read. */
export const temporaryFolder = (): Promise<string> =>
  mkdtemp(join(tmpdir(), `curfew-folder-${process.pid}-`));

/** Removes the folders of processes of this user that were killed before they could remove them. */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    const folder = join(tmpdir(), name);
    if (!Number.isNaN(pid) && (await isAbandoned(folder, pid)))
      await rm(folder, { recursive: true, force: true });
  }
}

async function isAbandoned(folder: string, pid: number): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false;
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
