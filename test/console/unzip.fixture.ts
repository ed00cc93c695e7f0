import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Report, verifyBundle } from '../../audit/verify/verify.mjs';
import { trusted } from '../audit/log.fixture.ts';

/** What the verifier says of the folder in an archive, to somebody who has the key of the log and its checksum. */
export async function verifyArchive(archive: Buffer, checksum: string): Promise<Report> {
  const parent = await mkdtemp(join(tmpdir(), 'curfew-unzipped-'));
  try {
    for (const [name, content] of unzip(archive)) {
      await mkdir(dirname(join(parent, name)), { recursive: true });
      await writeFile(join(parent, name), content);
    }
    const [folder = ''] = await readdir(parent);
    return verifyBundle(join(parent, folder), { keys: trusted.map(({ text }) => text), checksum });
  } finally {
    await rm(parent, { recursive: true });
  }
}

/** The files of a ZIP archive without compression, by their names (APPNOTE.TXT, 4.3: the central directory at its end). */
function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  const [count, start] = [archive.readUInt16LE(end + 10), archive.readUInt32LE(end + 16)];
  const files = new Map<string, Buffer>();
  for (let [each, at] = [0, start]; each < count; each += 1) {
    const size = archive.readUInt32LE(at + 24);
    const [name, extra, comment] = [28, 30, 32].map((place) => archive.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    const content = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    files.set(archive.toString('utf8', at + 46, at + 46 + name), archive.subarray(content, content + size));
    at += 46 + name + extra + comment;
  }
  return files;
}
