import { createReadStream, type ReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { makeZip } from 'client-zip';
import { streamBody } from './stream-body.ts';
import { temporaryFolder } from '../temporary-folder.ts';

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
