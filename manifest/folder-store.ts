import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntryName } from './entry.ts';
import { LARGEST_OBJECT, type ManifestStore, ManifestUnavailable } from './store.ts';

/**
 * The owner writes an entry, and the group of the folder may read it, because the reaper runs as another user. Nobody else may: an entry
 * names people and what they have.
 */
const MODE = 0o640;
/** A file with such a name is being written, or its process was killed meanwhile. */
const UNFINISHED = /^\.curfew-[0-9a-f]{16}$/;

/**
 * The manifest in a folder. The folder must exist: a folder that was made here could hide that a disk is not mounted. A file
 * appears with its whole content, under its name, after the content is on the disk.
 */
export function folderStore(folder: string): ManifestStore {
  const pathOf = (name: string): string => {
    if (!parseEntryName(name)) throw new ManifestUnavailable(`"${name}" is not the name of an entry`);
    return join(folder, name);
  };
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ManifestUnavailable) throw error;
      throw new ManifestUnavailable(`the folder ${folder} of the manifest cannot ${what}: ${codeOf(error)}`, {
        cause: error,
      });
    }
  };
  return {
    put: (name, text, signal) =>
      attempt('be written', async () => {
        signal.throwIfAborted();
        const path = pathOf(name);
        const unfinished = join(folder, `.curfew-${randomBytes(8).toString('hex')}`);
        try {
          await writeDurably(unfinished, text);
          await rename(unfinished, path);
        } catch (error) {
          await rm(unfinished, { force: true }).catch(() => undefined); // The first error says more.
          throw error;
        }
        await syncFolder(folder);
      }),
    list: (signal) =>
      attempt('be listed', async () => {
        signal.throwIfAborted();
        return (await readdir(folder)).filter((name) => !UNFINISHED.test(name));
      }),
    get: (name, signal) =>
      attempt('be read', async () => {
        signal.throwIfAborted();
        return readObject(pathOf(name));
      }),
    remove: (name, signal) =>
      attempt('be changed', async () => {
        signal.throwIfAborted();
        await rm(pathOf(name), { force: true });
      }),
  };
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', MODE);
  try {
    await file.chmod(MODE); // The umask of the process can have removed the right of the group.
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name of a file durable. Without it, a power failure can undo the rename. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A link is not followed, and a pipe does not block: no entry is one. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function readObject(path: string): Promise<string | undefined> {
  const file = await open(path, FLAGS).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') return '';
    throw error;
  });
  if (typeof file !== 'object') return file;
  try {
    const facts = await file.stat();
    return facts.isFile() && facts.size <= LARGEST_OBJECT ? await file.readFile('utf8') : '';
  } finally {
    await file.close();
  }
}

const codeOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.message : String(error));
