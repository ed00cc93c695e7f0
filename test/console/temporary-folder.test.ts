import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConsoleDeps } from '../../console/deps.ts';
import { startConsoleServer } from '../../console/server.ts';
import {
  removeAbandonedFolders,
  temporaryFolder,
  zippedFolder,
} from '../../console/downloads/zipped-folder.ts';
import { until } from '../until.fixture.ts';

/** What a test made in the temporary folder, which is removed after it. */
let made: string[] = [];
beforeEach(() => void (made = []));
afterEach(() => {
  for (const each of made) rmSync(each, { recursive: true, force: true });
});

/** The path of something in the temporary folder. */
function inTemporaryFolder(name: string): string {
  const path = join(tmpdir(), name);
  made.push(path);
  return path;
}

test('the folder of a download that its reader stops to read is removed', async () => {
  const errors: unknown[] = [];
  let folder = '';
  const { body } = await zippedFolder(
    'evidence',
    (made) => {
      folder = made;
      writeFileSync(join(made, 'log.txt'), Buffer.alloc(1_000_000));
      return Promise.resolve({});
    },
    { report: (error) => void errors.push(error), stalledAfterMs: 50 },
  );
  const reader = body.getReader();
  await reader.read();
  expect(existsSync(folder)).toBe(true);
  await until('the folder is removed', () => !existsSync(folder));
  expect(errors.map(String)).toEqual([expect.stringContaining('nobody read it for 50 ms')]);
});

test('the folder of a download that fails while its reader leaves is counted once', async () => {
  let removed = 0;
  const { body } = await zippedFolder(
    'evidence',
    (folder) => {
      rmSync(folder, { recursive: true });
      return Promise.resolve({});
    },
    { report: () => undefined, removed: () => void (removed += 1) },
  );
  await body.cancel();
  await until('the failure is reported', () => removed > 0);
  await new Promise(setImmediate);
  expect(removed).toBe(1);
});

test('the folder of a download that cannot be made is removed', async () => {
  let folder = '';
  const made = zippedFolder(
    'evidence',
    (place) => {
      folder = place;
      writeFileSync(join(place, 'log.txt'), 'x');
      return Promise.reject(new Error('the ledger is away'));
    },
    { report: () => undefined },
  );
  await expect(made).rejects.toThrow('the ledger is away');
  expect([folder === '', existsSync(folder)]).toEqual([false, false]);
});

/** A process that is over. */
const over = (): number => spawnSync(process.execPath, ['--version']).pid;

/** Makes a folder as a process leaves it, and returns whether the next start of a console keeps it. */
async function isKept(name: string, { old }: Readonly<{ old: boolean }>): Promise<boolean> {
  const folder = inTemporaryFolder(name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'log.txt'), 'x');
  if (old) utimesSync(folder, 0, 0);
  await removeAbandonedFolders();
  return existsSync(folder);
}

const nameOf = (pid: number, machine = hostname()): string => `curfew-folder-${pid}-${machine}-a1b2c3`;

test.each<[string, () => string, boolean, boolean]>([
  ['a process that was killed', () => nameOf(over()), false, false],
  ['a process with the number of this one, before it', () => nameOf(process.pid), true, false],
  ['this process', () => nameOf(process.pid), false, true],
  ['another process that runs', () => nameOf(process.ppid), true, true],
  ['a process of another machine', () => nameOf(over(), 'other-1.example.com'), false, true],
  ['a process of another machine, of before a day', () => nameOf(over(), 'other-1.example.com'), true, false],
  ['another program', () => `folder-${over()}-a`, true, true],
])('the folder of %s', async (_whose, name, old, kept) => expect(await isKept(name(), { old })).toBe(kept));

test('a new folder has a name that the next start of a console knows', async () => {
  const folder = await temporaryFolder();
  utimesSync(folder, 0, 0);
  await removeAbandonedFolders();
  expect(existsSync(folder)).toBe(false);
});

test('what a link of that name leads to stays', async () => {
  const target = inTemporaryFolder(`target-${over()}`);
  mkdirSync(target);
  symlinkSync(target, inTemporaryFolder(nameOf(over())));
  await removeAbandonedFolders();
  expect(existsSync(target)).toBe(true);
});

test('the start of a console removes what a killed one left', async () => {
  const folder = inTemporaryFolder(nameOf(over()));
  mkdirSync(folder);
  const deps = { origin: 'http://127.0.0.1:4050', ledger: {} } as unknown as ConsoleDeps;
  const running = await startConsoleServer(deps, { host: '127.0.0.1', port: 0 });
  await running.stop();
  expect(existsSync(folder)).toBe(false);
});
