import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { watchOutput } from '../../sandbox/test/browser/demo.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The user "nobody", who has no rights of root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const user = isRoot ? NOBODY : {};

/** A clone of the commit in a new folder that belongs to a user without root, with nothing installed. */
export function freshClone(): { folder: string; remove(): void } {
  const place = mkdtempSync(join(tmpdir(), 'curfew-first-'));
  chmodSync(place, 0o755);
  const folder = join(place, 'curfew');
  execFileSync('git', ['clone', '--quiet', ROOT, folder]);
  mkdirSync(join(place, 'home'));
  if (isRoot) {
    chownSync(join(place, 'home'), NOBODY.uid, NOBODY.gid);
    execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, folder]);
  }
  return { folder, remove: () => rmSync(place, { recursive: true, force: true }) };
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
