import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Has a line for every other file of the folder, as `sha256sum` writes it. */
export const CHECKSUMS = 'evidence/SHA256SUMS';

/** Writes the file with the SHA-256 of every other file in a folder, ordered by their paths. Returns its own SHA-256 in hex. */
export async function writeChecksums(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
    .filter((file) => file !== CHECKSUMS)
    .sort();
  let text = '';
  for (const file of files) text += `${await sha256Of(join(folder, file))}  ${file}\n`;
  await writeFile(join(folder, CHECKSUMS), text, { mode: 0o600 });
  return createHash('sha256').update(text).digest('hex');
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
