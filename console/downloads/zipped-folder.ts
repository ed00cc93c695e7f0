import { createReadStream, type ReadStream } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hostname, tmpdir } from 'node:os';
import { makeZip } from 'client-zip';
import { streamBody } from './stream-body.ts';

/** A folder that was made, and its files as the body of an answer. */
export type ZippedFolder<Made> = Readonly<{ made: Made; body: ReadableStream<Uint8Array> }>;

/**
 * Makes a folder of this machine with `make`, and sends it as a ZIP archive in which everything is in a folder `name`. The folder is
 * removed when it is sent, when its reader leaves or reads nothing for `stalledAfterMs`, and when `make` throws. Then `removed` runs.
 */
export async function zippedFolder<Made>(
  name: string,
  make: (folder: string) => Promise<Made>,
  {
    removed = () => undefined,
    ...options
  }: Readonly<{ report: (error: unknown) => void; removed?: () => void; stalledAfterMs?: number }>,
): Promise<ZippedFolder<Made>> {
  const folder = await temporaryFolder();
  const files = filesOf(folder, name);
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    files.stop();
    return (ending ??= rm(folder, { recursive: true, force: true }).finally(removed));
  };
  try {
    const made = await make(folder);
    const archive = makeZip({ [Symbol.asyncIterator]: () => files })[Symbol.asyncIterator]();
    return { made, body: streamBody(archive, { ...options, end }) };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The files of a folder for an archive, each opened when it is its turn. `stop` closes the one that is open. */
function filesOf(folder: string, name: string) {
  let open: ReadStream | undefined;
  const files = (async function* () {
    const found = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((each) => each.isFile())
      .map(({ parentPath, name: file }) => join(parentPath, file))
      .sort();
    for (const file of found) {
      const { size, mtime } = await stat(file);
      open = createReadStream(file);
      const path = relative(folder, file).split(sep).join('/');
      yield { name: `${name}/${path}`, input: open, size, lastModified: mtime };
    }
  })();
  return { next: () => files.next(), stop: () => void open?.destroy() };
}

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
