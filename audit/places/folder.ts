import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, readSmallFile, syncFolder, writeDurably } from '../../manifest/durable-file.ts';
import { type FileSession, type FileStore, isOfTheLog } from './file-place.ts';
import { CHECKPOINT, UNFINISHED } from './paths.ts';
import { LARGEST_NOTE, type LogFile, PlaceUnavailable } from './place.ts';
import { replaceCheckpoint } from './replace-checkpoint.ts';

/**
 * The log in a folder. The folder must exist: a folder that was made here could hide that a disk is not mounted. A file appears
 * with its whole content, after the content is on the disk.
 */
export const folderStore = (folder: string): FileStore => ({
  name: `folder ${folder}`,
  kind: 'folder',
  filesAtOnce: 16,
  async begin(signal) {
    signal.throwIfAborted();
    return attempt(folder, 'read', async () => sessionIn(await realpath(folder)));
  },
});

async function attempt<T>(folder: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlaceUnavailable) throw error;
    const why = errorCode(error);
    throw new PlaceUnavailable(`the folder ${folder} of the log cannot be ${what}: ${why}`, { cause: error });
  }
}

/** `made`: the folders that are known to exist, as paths below the root. `unsynced`: folders with new names that are not yet durable. */
type State = Readonly<{ root: string; made: Set<string>; unsynced: Set<string> }>;

async function sessionIn(root: string): Promise<FileSession> {
  const state: State = { root, made: new Set(), unsynced: new Set() };
  const read = async (path: string): Promise<string | undefined> =>
    (await readSmallFile(join(root, path), LARGEST_NOTE))?.toString('utf8');
  const newest = await read(CHECKPOINT);
  await removeUnfinished(root);
  const strangers = newest === undefined ? (await readdir(root)).filter((name) => !isOfTheLog(name)) : [];
  return {
    newest,
    stranger:
      strangers[0] === undefined ? undefined : `it has no checkpoint, and has other files: ${strangers[0]}`,
    read: (path) => attempt(root, 'read', () => read(path)),
    put: (files) =>
      attempt(root, 'written', async () => {
        for (const file of files) if (!(await putOnce(state, file))) return file.path;
        return undefined;
      }),
    finish: (note) =>
      attempt(root, 'written', async () => {
        for (const each of state.unsynced) await syncFolder(each);
        const isReplaced = await write(root, Buffer.from(note), (unfinished) =>
          replaceCheckpoint(root, unfinished, async () => (await read(CHECKPOINT)) === newest),
        );
        await syncFolder(root);
        return isReplaced;
      }),
  };
}

/** False when the file is there with another content. */
async function putOnce(state: State, { path, bytes }: LogFile): Promise<boolean> {
  const whole = join(state.root, path);
  await makeFolder(state, dirname(path));
  // Also for a file that is there: an attempt that ended early may not have made its name durable.
  state.unsynced.add(dirname(whole));
  const there = await readSmallFile(whole, bytes.length);
  if (there) return there.equals(bytes);
  try {
    await write(state.root, bytes, (unfinished) => link(unfinished, whole)); // A link never replaces a file.
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return (await readSmallFile(whole, bytes.length))?.equals(bytes) ?? false;
  }
}

/** Writes an unfinished file, and gives it its name. */
async function write<T>(
  root: string,
  bytes: Uint8Array,
  giveName: (unfinished: string) => Promise<T>,
): Promise<T> {
  const unfinished = join(root, `${UNFINISHED}${randomBytes(8).toString('hex')}`);
  try {
    await writeDurably(unfinished, bytes);
    return await giveName(unfinished);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined); // What went wrong before says more.
  }
}

/** After so long, the process that wrote a file was killed. */
const ABANDONED_MS = 86_400_000;

async function removeUnfinished(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => each.startsWith(UNFINISHED))) {
    const path = join(root, name);
    const facts = await stat(path).catch(() => undefined); // Its process finished it meanwhile.
    if (facts && Date.now() - facts.mtimeMs > ABANDONED_MS)
      await rm(path, { force: true }).catch(() => undefined); // A folder that can only be read is read all the same.
  }
}

/** The owner and the group of a folder may enter it, whatever the umask is. */
const MODE = 0o750;

/** Makes the folder of a path below the root, and those above it. Throws when one of them is a link. */
async function makeFolder(state: State, path: string): Promise<void> {
  if (path === '.' || state.made.has(path)) return;
  await makeFolder(state, dirname(path));
  const whole = join(state.root, path);
  try {
    await mkdir(whole);
    await chmod(whole, ((await stat(whole)).mode & 0o7777) | MODE); // Keeps the bit by which files get the group of the folder.
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  if ((await realpath(whole)) !== whole) throw new PlaceUnavailable(`${whole} is a link to another folder`);
  state.made.add(path);
  state.unsynced.add(dirname(whole));
}
