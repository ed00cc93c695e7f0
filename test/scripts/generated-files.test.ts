import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');

let temporary = '';
let folder = '';
beforeEach(() => {
  temporary = realpathSync(mkdtempSync(join(tmpdir(), 'curfew-scripts-')));
  folder = join(temporary, 'repository');
  mkdirSync(join(folder, 'docs'), { recursive: true });
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs Node in the folder. What its packages leave in the temporary folder is removed as well. */
const node = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', TSX, ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: temporary },
  });

const importOf = (file: string) => `import ${JSON.stringify(file)};`;

test.each([
  ['scripts/env-example.ts', '.env.example'],
  ['scripts/manifest.ts', 'docs/slack-manifest.json'],
])('%s writes %s as it is in the repository', async (script, file) => {
  await node(join(ROOT, script));
  expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(ROOT, file), 'utf8'));
});

test('a test that imports a script writes no file', async () => {
  const scripts = ['env-example', 'schema'].map((name) => join(ROOT, `scripts/${name}.ts`));
  await node('--input-type=module', '-e', scripts.map(importOf).join('\n'));
  expect(readdirSync(folder).toSorted()).toEqual(['docs']);
});

describe('scripts/import-table.ts', () => {
  const SETTINGS = '.oxlintrc.json';
  const PAGE = 'docs/imports.md';
  const real = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const written = () => [SETTINGS, PAGE].map((file) => readFileSync(join(folder, file), 'utf8'));

  test('writes the table and the rules, also those that are missing or old, and only when it is run', async () => {
    type Settings = { overrides: { files: string[]; rules: Record<string, unknown> }[] };
    const settings = JSON.parse(real(SETTINGS)) as Settings;
    const overrides = settings.overrides
      .filter(({ files }) => files.join() !== 'sandbox/**')
      .map((each) =>
        each.files.join() === 'core/**'
          ? { ...each, rules: { ...each.rules, 'no-restricted-imports': 'off' } }
          : each,
      );
    const old = [JSON.stringify({ ...settings, overrides }), 'an old page'];
    writeFileSync(join(folder, SETTINGS), old[0] ?? '');
    writeFileSync(join(folder, PAGE), old[1] ?? '');
    for (const file of ['scripts/import-table.ts', 'scripts/format.ts', '.oxfmtrc.json', 'package.json'])
      cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

    await node('--input-type=module', '-e', importOf(join(folder, 'scripts/import-table.ts')));
    expect(written()).toEqual(old);
    await node(join(folder, 'scripts/import-table.ts'));
    expect(written()).toEqual([SETTINGS, PAGE].map(real));
  });
});
