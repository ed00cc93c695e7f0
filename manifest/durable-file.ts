import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Writes a new file, readable for its group. Its content is on the disk when this returns; its name is after `syncFolder`. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', MODE);
  try {
    await file.chmod(MODE); // The umask of the process can have removed the right of the group.
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The owner writes a file, and the group of the folder may read it, because another program runs as another user. Nobody else may:
 * a file names people and what they have.
 */
const MODE = 0o640;

/** Makes the new name of a file durable. Without it, a power failure can undo the rename. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A link is not followed, and a pipe does not block: no file of ours is one. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const EMPTY = Buffer.alloc(0);

/** The content of a file; undefined when there is none. Empty for a link, for what is no file, and for one with more than `most` bytes. */
export async function readSmallFile(path: string, most: number): Promise<Buffer | undefined> {
  const file = await open(path, FLAGS).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'ELOOP') return EMPTY;
    throw error;
  });
  if (!file || Buffer.isBuffer(file)) return file;
  try {
    const facts = await file.stat();
    return facts.isFile() && facts.size <= most ? await file.readFile() : EMPTY;
  } finally {
    await file.close();
  }
}

/** The code of an error of the file system, such as ENOENT, or its message. */
export const errorCode = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.message : String(error));
