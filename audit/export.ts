import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { errorCode } from '../manifest/durable-file.ts';
import type { LogLedger, LogSnapshot, PurgedEntry } from '../ledger/index.ts';
import { entryOf } from './entry.ts';
import { withCosigned } from './note/cosignature.ts';
import type { VerifierKey } from './note/vkey.ts';

/** What an export says of the log besides its entries. `places`: the newest note that each place has, by the name of the place. */
export type ExportedLog = Readonly<{
  name: string;
  trusted: readonly VerifierKey[];
  witnesses: readonly VerifierKey[];
  places: ReadonlyMap<string, string>;
  exportedAt: Date;
}>;

/** How much was exported. */
export type ExportSize = Readonly<{ size: number; checkpoints: number }>;

const PART = 2_000;
/** The folder of what nothing in the log proves. */
export const NOT_PROVEN = 'not-proven';
const PAGE = new URL('../docs/verify.md', import.meta.url);

/**
 * Writes the log as its newest published checkpoint has it into an empty folder, from one snapshot of the ledger, in constant memory: entries,
 * published checkpoints, texts that are not erased, and what nothing proves. docs/verify.md describes the files. `also` reads more from the same
 * snapshot. Throws when the folder has files, and when no checkpoint was published yet.
 */
export async function exportLog(
  ledger: LogLedger,
  folder: string,
  log: ExportedLog,
  also: (snapshot: LogSnapshot) => Promise<void> = () => Promise.resolve(),
): Promise<ExportSize> {
  await makeEmpty(folder);
  for (const each of ['checkpoints', NOT_PROVEN]) await mkdir(join(folder, each));
  const exported = await ledger.onLogSnapshot(async (snapshot) => {
    if (snapshot.size === 0) throw new Error('no checkpoint of the log was published yet');
    const done = await exportSnapshot(snapshot, folder);
    await also(snapshot);
    return done;
  });
  for (const [at, [place, note]] of [...log.places].entries())
    await writeFile(join(folder, 'checkpoints', `${at + 1}-${fileNameOf(place)}.jsonl`), line({ note }));
  const { name, trusted, witnesses, exportedAt } = log;
  await writeFile(
    join(folder, 'bundle.json'),
    line({
      format: 'curfew-log-bundle/2',
      origin: name,
      keys: trusted.map(({ text }) => text),
      witnesses: witnesses.map(({ text }) => text),
      size: exported.size,
      exportedAt: exportedAt.toISOString(),
    }),
  );
  await copyFile(PAGE, join(folder, 'README.md'));
  return exported;
}

/** Makes a folder. Throws when it is there and has files. */
export async function makeEmpty(folder: string): Promise<void> {
  // Not recursive: below some folders, such as those of /proc, a recursive mkdir of Node never ends.
  await mkdir(folder).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  if ((await readdir(folder)).length > 0) throw new Error(`the folder ${folder} is not empty`);
}

async function exportSnapshot(snapshot: LogSnapshot, folder: string): Promise<ExportSize> {
  const { size } = snapshot;
  const entries = lineWriter(join(folder, 'entries.jsonl'));
  const bodies = lineWriter(join(folder, 'bodies.jsonl'));
  for (let from = 0; from < size; from += PART) {
    const to = Math.min(size, from + PART);
    const purged = new Map((await snapshot.purged(from, to)).map((each) => [each.index, each]));
    for (const [at, row] of (await snapshot.entries(from, to)).entries()) {
      const gone = purged.get(from + at);
      if (gone) {
        await entries.write(purgedLine(gone));
        continue;
      }
      if (!row) throw new Error(`entry ${from + at} of the log is not in its table any more`);
      const { bytes, longBody } = entryOf(row);
      await entries.write(bytes.toString());
      if (longBody) await bodies.write(`{"sha256":"${longBody.sha256}","body":${longBody.text}}`);
    }
  }
  const checkpoints = await writeRows(join(folder, 'checkpoints', 'ledger.jsonl'), 0, {
    read: (after) => snapshot.notes(after, PART),
    next: (row) => row.size,
    text: ({ note, lines }) => JSON.stringify({ note: withCosigned(note, lines) }),
  });
  const byId = { next: ({ id }: Readonly<Record<string, unknown>>) => String(id), text: JSON.stringify };
  await writeRows(join(folder, 'texts.jsonl'), -1, {
    read: (after) => snapshot.texts(after, PART),
    next: ({ index }) => index,
    text: JSON.stringify,
  });
  await writeRows(join(folder, 'free-texts.jsonl'), '', {
    read: (after) => snapshot.freeTexts(after, PART),
    ...byId,
  });
  await writeRows(join(folder, NOT_PROVEN, 'click.jsonl'), '', {
    read: (after) => snapshot.clicks(after, PART),
    ...byId,
  });
  await writeRows(join(folder, NOT_PROVEN, 'use_reading.jsonl'), '', {
    read: (after) => snapshot.useReadings(after, PART),
    ...byId,
  });
  await Promise.all([entries.end(), bodies.end()]);
  return { size, checkpoints };
}

/** The line of an entry whose row is gone with a purge. No entry begins like it. */
export const purgedLine = ({ leaf, purge }: Pick<PurgedEntry, 'leaf' | 'purge'>): string =>
  `{"leaf":"${leaf.toString('base64')}","purge":"${purge}"}`;

type Parts<Row, Key> = Readonly<{
  read: (after: Key) => Promise<readonly Row[]>;
  next: (row: Row) => Key;
  text: (row: Row) => string;
}>;

/** Writes rows that are read in parts, one a line. Returns how many. */
async function writeRows<Row, Key>(
  file: string,
  first: Key,
  { read, next, text }: Parts<Row, Key>,
): Promise<number> {
  const writer = lineWriter(file);
  let count = 0;
  for (let rows = await read(first); rows.length > 0;) {
    for (const row of rows) await writer.write(text(row));
    count += rows.length;
    const last = rows.at(-1);
    rows = last === undefined ? [] : await read(next(last));
  }
  await writer.end();
  return count;
}

/** Writes lines to a file, and waits while the file is slower than the writer. */
export function lineWriter(file: string) {
  const stream = createWriteStream(file, { mode: 0o600 });
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  return {
    async write(text: string): Promise<void> {
      if (!stream.write(`${text}\n`)) await Promise.race([once(stream, 'drain'), failed]);
    },
    async end(): Promise<void> {
      stream.end();
      await Promise.race([once(stream, 'close'), failed]);
    },
  };
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** A place's name as the name of a file. */
const fileNameOf = (place: string): string =>
  place.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+/, '');
