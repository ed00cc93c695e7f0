import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../../..');
const folders: string[] = [];
let clone: string;

/** The part of a clone that `npm start` needs: its script and the files of npm. `install` adds a main program. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'curfew-start-'));
  folders.push(clone);
  for (const part of ['scripts', 'package.json', 'package-lock.json', 'sandbox/package.json', '.npmrc'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function start(env: Record<string, string> = {}, node: readonly string[] = []) {
  const { npm_execpath: _, ...ours } = process.env; // npm as found on the PATH
  const child = spawn(process.execPath, [...node, join(clone, 'scripts/start.mjs'), 'extra'], {
    env: { ...ours, ...env },
  });
  let text = '';
  const add = (chunk: Buffer) => void (text += chunk.toString('utf8'));
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const says = (part: string) =>
    new Promise<void>((done) => {
      const look = () => void (text.includes(part) && done());
      child.stdout.on('data', look);
      child.once('close', () => done());
      look();
    });
  return { child, ended, says, text: () => text };
}

/** Links all dependencies, so that the check of `npm start` finds them installed, and writes a main program. */
function install(main: string): void {
  mkdirSync(join(clone, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
  mkdirSync(join(clone, 'cli'));
  for (const file of ['curfew.mjs', 'bundle.mjs', 'build.mjs', 'terminal/local-zone.mjs'])
    cpSync(join(ROOT, 'cli', file), join(clone, 'cli', file), { recursive: true });
  writeFileSync(join(clone, 'cli/main.ts'), main);
}

/** Nobody listens on port 1. A free port could be taken by another test meanwhile. */
const NO_REGISTRY = 'http://127.0.0.1:1/';

describe('npm start', () => {
  test('names the version of Node that it needs when this version is too old', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.20.1'}})`;
    const run = start({}, ['--import', old]);
    expect([await run.ended, run.text()]).toEqual([
      1,
      expect.stringMatching(/needs Node 20.19 or later, and this is 18.20.1/),
    ]);
  });

  test('says that the registry cannot be reached when dependencies are missing and there is no network', async () => {
    const run = start({
      npm_config_registry: NO_REGISTRY,
      npm_config_cache: join(clone, 'cache'),
    });
    expect(await run.ended).toBe(1);
    expect(run.text()).toMatch(/^Installing dependencies \(once\) \.\.\./);
    expect(run.text()).toMatch(/registry cannot be reached[^]*Connect to a network/);
  });

  test('runs the demo in UTC with its own arguments, and ends with the exit code of the demo', async () => {
    install(`console.log(JSON.stringify([process.argv.slice(2), process.env.TZ])); process.exit(7);`);
    const run = start();
    expect([await run.ended, run.text()]).toEqual([7, '[["demo","extra"],"UTC"]\n']);
  });

  test('runs the demo without the packages that only the development of Curfew needs', async () => {
    install('process.exit(7);');
    const file = join(clone, 'node_modules/.package-lock.json');
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const needed = Object.entries(packages).filter(([, { dev }]) => dev !== true);
    rmSync(file); // it is a link to the file of this folder
    writeFileSync(file, JSON.stringify({ packages: Object.fromEntries(needed) }));
    const run = start();
    expect([await run.ended, run.text()]).toEqual([7, '']);
  });

  test.each<[string, () => void]>([
    [
      'the list of dependencies names another version than what is installed',
      () => {
        const file = join(clone, 'package-lock.json');
        const list = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, object> };
        const pg = 'node_modules/pg';
        const packages = { ...list.packages, [pg]: { ...list.packages[pg], version: '0.0.1' } };
        writeFileSync(file, JSON.stringify({ ...list, packages }));
      },
    ],
    [
      'what is installed is for production, without the sandbox',
      () => rmSync(join(clone, 'node_modules/@curfew')),
    ],
  ])('installs again when %s', async (_when, change) => {
    install('');
    change();
    const run = start({
      npm_config_registry: NO_REGISTRY,
      npm_config_cache: join(clone, 'cache'),
    });
    expect([await run.ended, run.text()]).toEqual([1, expect.stringContaining('registry cannot be reached')]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on once, although npm sends it twice, and waits for the demo to end',
    async (signal) => {
      install(`
      let times = 0;
      process.on('${signal}', () => { times += 1; setTimeout(() => { console.log('times', times); process.exit(9); }, 300); });
      console.log('ready');
      setInterval(() => {}, 1000);`);
      const run = start();
      await run.says('ready');
      run.child.kill(signal);
      run.child.kill(signal);
      expect([await run.ended, run.text()]).toEqual([9, 'ready\ntimes 1\n']);
    },
  );
});
