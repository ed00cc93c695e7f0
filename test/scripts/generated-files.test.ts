import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-scripts-'));
  mkdirSync(join(folder, 'docs'));
  copyFileSync(join(ROOT, '.prettierrc.json'), join(folder, '.prettierrc.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node in the temporary folder. */
const node = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', TSX, ...args], { cwd: folder });

test.each([
  ['scripts/env-example.ts', '.env.example'],
  ['scripts/manifest.ts', 'docs/slack-manifest.json'],
])('%s writes %s as it is in the repository', async (script, file) => {
  await node(join(ROOT, script));
  expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(ROOT, file), 'utf8'));
});

test('a test that imports a script writes no file', async () => {
  const scripts = ['env-example', 'import-table', 'schema'].map((name) => join(ROOT, `scripts/${name}.ts`));
  await node(
    '--input-type=module',
    '-e',
    scripts.map((file) => `import ${JSON.stringify(file)};`).join('\n'),
  );
  expect(readdirSync(folder).toSorted()).toEqual(['.prettierrc.json', 'docs']);
});
