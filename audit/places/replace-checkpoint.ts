import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../manifest/durable-file.ts';
import { CHECKPOINT, UNFINISHED } from './paths.ts';

/** A note that is about to become `checkpoint` has a name of this form. */
const NEXT = `${UNFINISHED}checkpoint-`;

/**
 * Gives a finished note the name `checkpoint`, unless another process replaced that file. First the note gets a name of this process. Then the process removes
 * such names of all others. Of two processes that read the same checkpoint, the later one sees the name of the earlier one and removes it. So at most one
 * of them can still rename its note. The names are removed before `checkpoint` is read: another process that renamed its note before the removal is seen
 * in that file, and one that did not cannot rename it any more. No process waits for another one, and one that was killed stops nobody.
 */
export async function replaceCheckpoint(
  root: string,
  unfinished: string,
  isUnchanged: () => Promise<boolean>,
): Promise<boolean> {
  const own = `${NEXT}${randomBytes(8).toString('hex')}`;
  await rename(unfinished, join(root, own));
  for (const name of await readdir(root))
    if (name.startsWith(NEXT) && name !== own) await rm(join(root, name), { force: true });
  if (!(await isUnchanged())) {
    await rm(join(root, own), { force: true });
    return false;
  }
  try {
    await rename(join(root, own), join(root, CHECKPOINT));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return false; // Another process removed the name.
  }
}
