import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const here = { version: '1.2.3', integrity: 'sha512-here' };
const elsewhere = { version: '1.0.0', integrity: 'sha512-mac', optional: true, os: ['darwin'] };
const LOCK = { '': { name: 'curfew' }, 'node_modules/here': here, 'node_modules/mac': elsewhere };
const WITH_TOOL = { ...LOCK, 'node_modules/tool': { version: '3.0.0', integrity: 'sha512-tool', dev: true } };

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

/** Runs the check in a folder in which these packages are installed. Returns its exit code and what it prints. */
function check(
  installed: Readonly<Record<string, unknown>>,
  options = '',
  lock: object = LOCK,
): { status: number | null; said: string } {
  mkdirSync(join(folder, 'node_modules/@curfew/sandbox'), { recursive: true });
  const done = join(folder, 'node_modules/.package-lock.json');
  writeFileSync(done, JSON.stringify({ packages: installed }));
  utimesSync(done, 0, 0);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: lock }));
  const script = `import('./scripts/install.mjs').then((install) => install.ensureInstalled(${options}))`;
  const env = { ...process.env, npm_execpath: join(folder, 'npm.js') };
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, said: stderr };
}

/** True when npm is run in a folder in which these packages are installed. */
function installs(installed: Readonly<Record<string, unknown>>, options = '', lock: object = LOCK): boolean {
  expect(check(installed, options, lock).status).toBe(0);
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

test.each([
  ['it is for development', '{ development: true }', true],
  ['it is not for development', '{ development: false }', false],
])('a package that only development needs is installed or not: %s', (_what, options, expected) =>
  expect(installs({ 'node_modules/here': here }, options, WITH_TOOL)).toBe(expected),
);

const CI =
  'ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=3000';
test.each([
  ['with all packages', '', CI],
  ['without those for development', '{ development: false }', CI.replace('--fetch', '--omit=dev --fetch')],
])(
  'npm installs exactly what package-lock.json lists, and runs no script of a package: %s',
  (_what, options, line) => {
    installs({}, options);
    expect(readFileSync(join(folder, 'npm-ran'), 'utf8')).toBe(line);
  },
);

describe('an installation that fails ends the process and says what to do', () => {
  const failsWith = (text: string) => {
    writeFileSync(join(folder, 'npm.js'), `console.error(${JSON.stringify(text)}); process.exit(3)`);
    const { status, said } = check({});
    expect(status).toBe(1);
    return said.slice(said.indexOf('\n\n'));
  };
  const NETWORK = `

The npm registry cannot be reached, and the dependencies are not installed yet.
  to do: Connect to a network (or set npm's "registry" and "proxy" settings) and try again.

`;
  const DISK = `

The disk is full.
  to do: Free about 700 MB where this folder is, and try again.

`;
  test.each([
    ['ENOSPC: no space left on device', DISK],
    ['EDQUOT: disk quota exceeded', DISK],
    ['getaddrinfo ENOTFOUND registry.npmjs.org', NETWORK],
    ['getaddrinfo EAI_AGAIN registry.npmjs.org', NETWORK],
    ['connect ETIMEDOUT 10.0.0.1', NETWORK],
    ['connect ECONNREFUSED 127.0.0.1', NETWORK],
  ])('%s', (text, said) => expect(failsWith(text)).toBe(said));

  test.each(['EACCES', 'EROFS', 'EPERM'])('%s', (code) =>
    expect(failsWith(`${code}: mkdir`)).toBe(`

This folder may not be written: ${realpathSync(folder)}.
  to do: Change its owner, or clone it as the user who runs it.

`),
  );

  test('anything else, with the last twelve lines of npm', () => {
    const lines = Array.from({ length: 14 }, (_, index) => `line ${index + 1}`);
    expect(failsWith(lines.join('\n'))).toBe(`

The dependencies could not be installed (npm ci):
${lines.slice(2).join('\n')}.
  to do: Read what npm says above; "npm ci" repeats it.

`);
  });
});
