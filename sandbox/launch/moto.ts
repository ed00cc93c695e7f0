import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { no, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { makeHome } from './home.ts';
import { LOOPBACK, onFreePort } from './ports.ts';
import { portUsed, reap, startService } from './processes.ts';
import { findPip, findPythons, runPip } from './python.ts';
import type { Python } from './python.ts';
import { untilReady } from './ready.ts';
import { diskErrorOf } from './launch-error.ts';

export type MotoOptions = Readonly<{
  home: string;
  /** Where moto is installed; `<home>/tools` when left out. */
  tools?: string;
  port?: number;
  log?: (line: string) => void;
}>;

export type Moto = Readonly<{
  /** For AWS_ENDPOINT_URL_IAM and its like; any credentials are accepted. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}>;

/** moto and everything that it needs, each with the hashes of its files (T34). */
const REQUIREMENTS = join(import.meta.dirname, 'moto-requirements.txt');
const PINNED = readFileSync(REQUIREMENTS, 'utf8');
const VERSION = /^moto==(\S+)/m.exec(PINNED)?.[1] ?? '';
/** Another list is another folder, so that what was installed from an older list is not used. */
const LIST = createHash('sha256').update(PINNED).digest('hex').slice(0, 12);
/** moto replays its journal at the start: about 1 ms for each change ever made. */
const READY_MS = 120_000;
const SERVER = join(import.meta.dirname, 'moto_server.py');

/**
 * Starts moto, which imitates AWS, on 127.0.0.1. It has the state of its last stop or kill (`<home>/moto.journal`).
 * moto needs Python. When Python is missing or moto cannot be installed, the result is the reason, because Curfew runs
 * without it.
 */
export async function launchMoto(options: MotoOptions): Promise<Moto | Readonly<{ missing: string }>> {
  const { home, tools = join(home, 'tools'), log = () => {} } = options;
  try {
    makeHome(home);
    await reap(home, 'moto');
    const pythons = await findPythons();
    const installed = pythons.find((python) => existsSync(folderFor(python, tools)));
    const python = installed ? ok(installed) : await install(pythons, tools, log);
    if (!python.ok) return { missing: python.error };
    const folder = folderFor(python.value, tools);
    const wish = { given: options.port, used: portUsed(home, 'moto') };
    return await onFreePort('moto', wish, (port) => start(home, python.value.python, folder, port));
  } catch (error) {
    throw diskErrorOf(error, join(home, 'moto.journal'));
  }
}

async function start(home: string, command: string, modules: string, port: number): Promise<Moto> {
  const url = `http://${LOOPBACK}:${port}`;
  const args = [SERVER, String(port), join(home, 'moto.journal')];
  const env = { PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '' };
  const service = await startService({ home, name: 'moto', command, args, env, port });
  await untilReady({ name: 'moto', where: url, service, boundMs: READY_MS }, () => answers(url));
  return { url, pid: service.pid, stop: () => service.stop() };
}

const folderFor = ({ version }: Python, tools: string): string =>
  join(tools, `moto-${VERSION}-${LIST}-python${version}`);

/**
 * Installs into a separate folder, which needs no virtual environment, and moves it into place when it is complete. pip
 * refuses a file whose hash is not in the list. It builds nothing, because a build would run code without a hash.
 */
async function install(
  pythons: readonly Python[],
  tools: string,
  log: (line: string) => void,
): Promise<Result<Python, string>> {
  const found = await findPip(pythons, tools);
  if (!found.ok) return found;
  const folder = folderFor(found.value, tools);
  log(`Installing moto ${VERSION}, a simulation of AWS (once)`);
  const work = join(tools, `fetch-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(work, { recursive: true, mode: 0o700 });
    const pinned = ['--require-hashes', '--only-binary=:all:', '-r', REQUIREMENTS];
    const got = await runPip(found.value.pip, ['install', '--target', work, ...pinned]);
    if (!got.ok) return no(`moto ${VERSION} could not be installed: ${got.error}`);
    if (!existsSync(folder)) await rename(work, folder);
    return found;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<true | undefined> {
  const { ok: isOk } = await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(5_000) });
  return isOk || undefined;
}
