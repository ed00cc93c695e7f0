import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../core/faults.ts';
import type { StreamRecord } from './record.ts';
import { type Sink, SinkUnavailable } from './sink.ts';

/**
 * A file with one record on each line. Records count as sent when the disk has them. Other tools may rename or remove the file at any
 * time: then a new one is made. A line that a crash cut off is ended, and its record follows whole on the next line.
 */
export function fileSink(path: string): Sink {
  let file: FileHandle | undefined;
  const close = async (): Promise<void> => {
    const open = file;
    file = undefined;
    await open?.close();
  };
  return {
    name: `file:${path}`,
    async send(records) {
      try {
        if (file && !(await isStillAt(file, path))) await close();
        file ??= await openForLines(path);
        await file.appendFile(records.map(({ text }: StreamRecord) => `${text}\n`).join(''));
        await file.sync();
        return records.length;
      } catch (error) {
        await close().catch(() => undefined); // The next attempt looks for a line that was cut off.
        throw new SinkUnavailable(`the file ${path} cannot be written: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
    close,
  };
}

async function isStillAt(file: FileHandle, path: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return theirs?.ino === ours.ino && theirs.dev === ours.dev;
}

/** Opens the file at the beginning of a line. */
async function openForLines(path: string): Promise<FileHandle> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = size === 0 ? undefined : await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (last && last.buffer[0] !== LINE_BREAK) await file.appendFile('\n');
    await syncFolder(dirname(path)); // A new file is on the disk once its folder is.
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const LINE_BREAK = 0x0a;
