import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { BUNDLED_FOLDERS, workflowBundle } from '../../temporal/workflow-bundle.ts';

let root: string;
let made = 0;
const bundle = jest.fn(() => Promise.resolve({ code: `bundle ${(made += 1)}` }));
const opened = async () => ((await workflowBundle({ root, bundle })) as { code: string }).code;
const CACHE = 'node_modules/.cache/curfew';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const keptFiles = () => readdirSync(join(root, CACHE)).map((name) => join(CACHE, name));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'curfew-bundle-'));
  made = 0;
  bundle.mockClear();
  for (const folder of BUNDLED_FOLDERS) write(`${folder}/one.ts`, 'one');
  write('core/request/deep.ts', 'deep');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the bundle of the workflows is made once, and kept', async () => {
  expect([await opened(), await opened()]).toEqual(['bundle 1', 'bundle 1']);
  expect(keptFiles()).toEqual([expect.stringMatching(/workflows-[0-9a-f]{64}\.json$/)]);
});

test.each([
  ['a workflow', 'workflows/one.ts'],
  ['a file that workflows import', 'core/request/deep.ts'],
  ['the failure converter', 'temporal/one.ts'],
  ['a new file', 'core/new.ts'],
  ['the versions of the packages', 'package-lock.json'],
])('another bundle is made after a change of %s', async (_what, path) => {
  await opened();
  write(path, 'changed');
  expect([await opened(), await opened()]).toEqual(['bundle 2', 'bundle 2']);
  expect(keptFiles()).toHaveLength(1); // the older bundle is removed
});

test('a file that is renamed makes another bundle', async () => {
  await opened();
  rmSync(join(root, 'core/request/deep.ts'));
  write('core/request/deeper.ts', 'deep');
  expect(await opened()).toBe('bundle 2');
});

test.each([
  ['cut off', (text: string) => text.slice(0, -10)],
  ['changed', (text: string) => text.replace('bundle 1', 'bundle X')],
  ['empty', () => ''],
])('a kept bundle that is %s is made again', async (_how, damage) => {
  await opened();
  const [file = ''] = keptFiles();
  write(file, damage(readFileSync(join(root, file), 'utf8')));
  expect([await opened(), await opened()]).toEqual(['bundle 2', 'bundle 2']);
});

test('a process that cannot write the folder makes its own bundle', async () => {
  write('node_modules/.cache', 'a file where the folder should be');
  expect([await opened(), await opened()]).toEqual(['bundle 1', 'bundle 2']);
});

test('a bundle that cannot be made is an error, and nothing is kept', async () => {
  bundle.mockRejectedValueOnce(new Error('a workflow imports node:fs'));
  await expect(opened()).rejects.toThrow('a workflow imports node:fs');
  expect(await opened()).toBe('bundle 1');
});

test('the real bundle has sources of these folders only, so that a change of any source is noticed', async () => {
  const { code } = (await workflowBundle()) as { code: string };
  const map = /sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(\S+)/.exec(code)?.[1] ?? '';
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: readonly string[] };
  const root = resolve(import.meta.dirname, '../..');
  const own = sources.filter((path) => path.startsWith(`${root}/`) && !path.includes('/node_modules/'));
  const folders = new Set(own.map((path) => path.slice(root.length + 1).split('/')[0]));
  expect(folders).toEqual(new Set(BUNDLED_FOLDERS));
});
