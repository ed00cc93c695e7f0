import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const here = { version: '1.2.3', integrity: 'sha512-here' };
const elsewhere = { version: '1.0.0', integrity: 'sha512-mac', optional: true, os: ['darwin'] };
const LOCK = { '': { name: 'curfew' }, 'node_modules/here': here, 'node_modules/mac': elsewhere };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-install-'));
  cpSync(join(ROOT, 'scripts/install.mjs'), join(folder, 'scripts/install.mjs'));
  writeFileSync(
    join(folder, 'npm.js'),
    `require('fs').writeFileSync('npm-ran', process.argv.slice(2).join(' '))`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** True when npm is run in a folder in which these packages are installed. */
function installs(installed: Readonly<Record<string, unknown>>): boolean {
  mkdirSync(join(folder, 'node_modules/@curfew/sandbox'), { recursive: true });
  const done = join(folder, 'node_modules/.package-lock.json');
  writeFileSync(done, JSON.stringify({ packages: installed }));
  utimesSync(done, 0, 0);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: LOCK }));
  const script = `import('./scripts/install.mjs').then((install) => install.ensureInstalled())`;
  const env = { ...process.env, npm_execpath: join(folder, 'npm.js') };
  execFileSync(process.execPath, ['-e', script], { cwd: folder, env, stdio: 'pipe' });
  return existsSync(join(folder, 'npm-ran'));
}

test.each([
  [
    'what package-lock.json lists is there, although that file is newer',
    { 'node_modules/here': here },
    false,
  ],
  ['more than that is there', { 'node_modules/here': here, 'node_modules/more': here }, false],
  ['a package is missing', { 'node_modules/mac': elsewhere }, true],
  ['a package has another version', { 'node_modules/here': { ...here, version: '1.2.2' } }, true],
  ['a package has other content', { 'node_modules/here': { ...here, integrity: 'sha512-x' } }, true],
])('npm installs only what is missing: %s', (_what, installed, expected) =>
  expect(installs(installed)).toBe(expected),
);

test('npm installs exactly what package-lock.json lists, and runs no script of a package', () => {
  installs({});
  expect(readFileSync(join(folder, 'npm-ran'), 'utf8').split(' ')).toEqual(
    expect.arrayContaining(['ci', '--ignore-scripts', '--no-audit']),
  );
});
