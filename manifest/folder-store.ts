import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { errorCode, readSmallFile, syncFolder, writeDurably } from './durable-file.ts';
import { parseEntryName } from './entry.ts';
import { LARGEST_OBJECT, type ManifestStore, ManifestUnavailable } from './store.ts';

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
  const calls = oneAtATime();
  const attempt = async <T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await calls(signal, work);
    } catch (error) {
      if (error instanceof ManifestUnavailable) throw error;
      if (signal.aborted)
        throw new ManifestUnavailable(`the folder ${folder} of the manifest does not answer`, {
          cause: error,
        });
      throw new ManifestUnavailable(
        `the folder ${folder} of the manifest cannot ${what}: ${errorCode(error)}`,
        {
          cause: error,
        },
      );
    }
  };
  return {
    put: (name, text, signal) =>
      attempt('be written', signal, async () => {
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
      attempt('be listed', signal, async () => {
        return (await readdir(folder)).filter((name) => !UNFINISHED.test(name));
      }),
    get: (name, signal) =>
      attempt('be read', signal, async () => {
        return (await readSmallFile(pathOf(name), LARGEST_OBJECT))?.toString('utf8');
      }),
    remove: (name, signal) =>
      attempt('be changed', signal, async () => {
        await rm(pathOf(name), { force: true });
      }),
  };
}
