import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { watchOutput } from '../../sandbox/test/browser/demo.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The user "nobody", who has no rights of root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const user = isRoot ? NOBODY : {};

/** `npm run test:long` sets it: the clone installs everything itself. That takes 50 seconds of a processor. */
export const INSTALLS = process.env['TEST_FIRST_RUN'] === 'installs';

/**
 * A clone of the commit in a new folder that belongs to a user without root. It has the packages that production needs
 * and the servers of the demo, as `npm start` installs them, or nothing when the test installs them.
 */
export function freshClone(): { folder: string; remove(): void } {
  const place = mkdtempSync(join(temporaryFolder(), 'curfew-first-'));
  chmodSync(place, 0o755);
  const folder = join(place, 'curfew');
  execFileSync('git', ['clone', '--quiet', ROOT, folder]);
  mkdirSync(join(place, 'home'));
  if (isRoot) {
    chownSync(join(place, 'home'), NOBODY.uid, NOBODY.gid);
    execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, folder]);
  }
  if (!INSTALLS) linkInstalled(folder);
  return { folder, remove: () => rmSync(place, { recursive: true, force: true }) };
}

/** A temporary folder on the disk of the project, where there is one, because a link is cheaper than a copy. */
function temporaryFolder(): string {
  const places = [tmpdir(), ...(process.env['TEST_OLDER_RUNS']?.split(delimiter) ?? []), '/tmp'];
  const disk = statSync(ROOT).dev;
  return places.find((each) => statSync(each, { throwIfNoEntry: false })?.dev === disk) ?? tmpdir();
}

/** Gives the clone what is installed here. Files stay root's, because a hard link shares its owner; folders do not. */
function linkInstalled(folder: string): void {
  mkdirSync(join(folder, '.curfew'));
  for (const installed of ['node_modules', '.curfew/tools'])
    link(join(ROOT, installed), join(folder, installed));
  for (const path of ['node_modules/.cache', ...developmentPackages()])
    rmSync(join(folder, path), { recursive: true, force: true });
  if (isRoot)
    execFileSync('find', [
      ...[folder, '-type', 'd', '-exec'],
      ...['chown', `${NOBODY.uid}:${NOBODY.gid}`, '{}', '+'],
    ]);
}

/** Hard links take a second; they are copies where the temporary folder is on another disk. */
function link(from: string, to: string): void {
  if (spawnSync('cp', ['-al', from, to]).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

/** The folders of the packages that `npm ci --omit=dev` leaves out. */
function developmentPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { dev?: boolean }>>;
  };
  return Object.keys(packages).filter((path) => packages[path]?.dev === true);
}

/** Runs `npm start` as that user, with a clean environment except for what the network of this machine needs. */
export function npmStart(folder: string) {
  const child = spawn('npm', ['start'], {
    cwd: folder,
    ...user,
    env: {
      ...networkOf(process.env),
      HOME: join(folder, '../home'),
      PATH: process.env['PATH'] ?? '',
      CURFEW_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, as in a terminal
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return {
    ...watchOutput(child),
    ended,
    /** Sends Ctrl-C to the whole process group, as a terminal does. */
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
  };
}

/** Certificates, proxies and the registry; no variable that npm itself set for this test run. */
function networkOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const wanted = /CERT|CA_BUNDLE|CAINFO|PROXY|^PIP_|^NODE_EXTRA/i;
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => wanted.test(entry[0]) && entry[1] !== undefined,
  );
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return { ...Object.fromEntries(kept), npm_config_registry: registry };
}

/** The processes that run in that folder or have it on their command line, as `pid command line`. */
export function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        return cwd.startsWith(folder) || line.includes(folder) ? [`${pid} ${line}`] : [];
      } catch {
        return []; // the process ended meanwhile
      }
    });
}

export function killAll(folder: string): void {
  for (const line of processesOf(folder))
    try {
      process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    } catch {
      // it ended with its parent
    }
}
