import { appendFile, mkdtemp, readFile, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fileSink } from '../../../audit/stream/file-sink.ts';
import { recordOf } from '../../../audit/stream/formats.ts';
import type { Sink } from '../../../audit/stream/sink.ts';
import { stdoutSink } from '../../../audit/stream/stdout-sink.ts';
import { activitiesOf } from './entries.fixture.ts';

const RECORDS = activitiesOf().map((activity) => recordOf(activity, 'ocsf'));
const signal = new AbortController().signal;
let folder: string;
let path: string;
const opened: Sink[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-stream-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  await rm(folder, { recursive: true, force: true });
});
const sinkAt = (file = path): Sink => {
  const sink = fileSink(file);
  opened.push(sink);
  return sink;
};
const send = (sink: Sink, from: number, to: number) => sink.send(RECORDS.slice(from, to), signal);
/** The indices of the lines. A line that is not JSON is undefined. */
const indicesIn = async (file = path): Promise<readonly (number | undefined)[]> =>
  (await readFile(file, 'utf8')).split('\n').slice(0, -1).map(indexOf);
function indexOf(line: string): number | undefined {
  try {
    return (JSON.parse(line) as { metadata: { sequence: number } }).metadata.sequence;
  } catch {
    return undefined;
  }
}

test('each record is one line, and further records are appended, also by the next process', async () => {
  const sink = sinkAt();
  expect(await send(sink, 0, 2)).toBe(2);
  await send(sink, 2, 3);
  await send(sinkAt(), 3, 4);
  expect(await indicesIn()).toEqual([0, 1, 2, 3]);
});

test('a file that was renamed gets nothing more, and the new one gets everything after it', async () => {
  const sink = sinkAt();
  await send(sink, 0, 2);
  await rename(path, `${path}.1`);
  await send(sink, 2, 4);
  expect(await indicesIn(`${path}.1`)).toEqual([0, 1]);
  expect(await indicesIn()).toEqual([2, 3]);
});

test('a file that was emptied gets the next records at its beginning', async () => {
  const sink = sinkAt();
  await send(sink, 0, 2);
  await truncate(path);
  await send(sink, 2, 3);
  expect(await indicesIn()).toEqual([2]);
});

test('a line that a crash cut off is ended, and its record follows whole on the next line', async () => {
  await send(sinkAt(), 0, 2);
  await appendFile(path, RECORDS[2]?.text.slice(0, 40) ?? '');
  await send(sinkAt(), 2, 4);
  expect(await indicesIn()).toEqual([0, 1, undefined, 2, 3]);
});

test('a file that cannot be written is named, and a later attempt succeeds', async () => {
  const sink = sinkAt(join(folder, 'missing', 'audit.jsonl'));
  await expect(send(sink, 0, 1)).rejects.toThrow(/^the file .*audit\.jsonl cannot be written: .*ENOENT/);
  expect(await send(sinkAt(), 0, 1)).toBe(1);
});

test('standard output gets one record on each line', async () => {
  const output = new PassThrough();
  expect(await send(stdoutSink(output), 0, 3)).toBe(3);
  output.end();
  expect((await output.toArray()).join('').split('\n').slice(0, -1).map(indexOf)).toEqual([0, 1, 2]);
});
