import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../app/errors.ts';
import { makeHome } from './home.ts';
import { isAlive, parseIdentity, signal, startOf, untilGone } from './pids.ts';
import type { Identity } from './pids.ts';
import { diskErrorOf, LaunchError } from './launch-error.ts';

/** A log that grew beyond this is put aside at the next start. */
const LOG_BYTES = 10_000_000;
const PATIENCE_MS = 10_000;
const TAIL_LINES = 8;

/** Everything needed to start one program and to stop it again, also in a later life of ours. */
export type Spec = Readonly<{
  home: string;
  /** Names the log `<home>/logs/<name>.log` and the record `<home>/run/<name>.json`. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Whom to run as, when we are root and the program refuses to be. */
  user?: Readonly<{ uid: number; gid: number }>;
  port?: number;
  /** What asks the program to stop in good order: SIGTERM, but SIGINT for Postgres' fast shutdown. */
  stopSignal?: NodeJS.Signals;
  /** What is sent when this process exits without having stopped it. */
  lastSignal?: NodeJS.Signals;
  /** How long it has to stop by itself before it is killed; 10 seconds when left out. */
  patienceMs?: number;
}>;

export type Service = Readonly<{
  pid: number;
  /** Resolves to a sentence about how it ended, when it does. Never rejects. */
  exited: Promise<string>;
  /** The last lines it wrote since it was started. */
  tail(): string;
  /** Asks it to stop, waits, kills what is left. Safe to call twice. */
  stop(): Promise<void>;
}>;

/** What we started and did not stop yet; the last thing this process does is to take it along. */
const running = new Map<number, Readonly<{ identity: Identity; lastSignal: NodeJS.Signals }>>();

process.on('exit', () => {
  for (const { identity, lastSignal } of running.values()) signal(identity, lastSignal);
});

/** The record of one service: who it is, and the port it had. */
type Last = Readonly<{ identity: Identity; port: number | undefined }>;

const recordPath = (home: string, name: string) => join(home, 'run', `${name}.json`);

function readRecord(home: string, name: string): Last | undefined {
  try {
    const text = readFileSync(recordPath(home, name), 'utf8');
    const identity = parseIdentity(text);
    const { port } = (identity ? JSON.parse(text) : {}) as { port?: unknown };
    return identity && { identity, port: typeof port === 'number' ? port : undefined };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The port this service had the last time, if it ever ran here. */
export const portUsed = (home: string, name: string): number | undefined => readRecord(home, name)?.port;

/**
 * Stops what an earlier process of ours started under this name and could not stop: it was killed.
 * A process that merely has the recorded pid started at another time, is not ours, and is left alone.
 */
export async function reap(
  home: string,
  name: string,
  stopSignal: NodeJS.Signals = 'SIGTERM',
): Promise<boolean> {
  const record = readRecord(home, name);
  if (!record || !isAlive(record.identity)) return false;
  await end(record.identity, stopSignal, PATIENCE_MS);
  return true;
}

async function end(identity: Identity, stopSignal: NodeJS.Signals, patienceMs: number): Promise<void> {
  signal(identity, stopSignal);
  if (await untilGone(identity, patienceMs)) return;
  signal(identity, 'SIGKILL', { group: true });
  await untilGone(identity, PATIENCE_MS);
}

/**
 * Starts a program in its own process group (a Ctrl-C in the terminal reaches us, and we stop it in good
 * order), its output in a log file, its identity on record. Throws a `LaunchError` when it cannot be started.
 */
export async function startService(spec: Spec): Promise<Service> {
  const { home, name, command, stopSignal = 'SIGTERM', lastSignal = 'SIGKILL' } = spec;
  const { patienceMs = PATIENCE_MS } = spec;
  const log = openLog(home, name);
  const from = fstatSync(log.fd).size;
  const child = spawn(command, spec.args, {
    cwd: spec.cwd ?? home,
    env: { ...process.env, ...spec.env },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    ...spec.user,
  });
  const exited = exitOf(child, name);
  closeSync(log.fd);
  if (child.pid === undefined) throw notStarted(name, command, await exited);

  const identity: Identity = { pid: child.pid, started: startOf(child.pid) ?? 'gone' };
  running.set(child.pid, { identity, lastSignal });
  void exited.then(() => running.delete(identity.pid));
  writeFileSync(recordPath(home, name), JSON.stringify({ ...identity, port: spec.port }), { mode: 0o600 });
  return {
    pid: child.pid,
    exited,
    tail: () => tailOf(log.path, from),
    async stop() {
      await end(identity, stopSignal, patienceMs);
      await exited;
    },
  };
}

function exitOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(`${name} ended with ${by ?? `exit code ${code}`}`));
  });
}

function openLog(home: string, name: string): { fd: number; path: string } {
  const path = join(home, 'logs', `${name}.log`);
  try {
    makeHome(home);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(path, `${path}.1`);
    return { fd: openSync(path, 'a', 0o600), path };
  } catch (error) {
    throw diskErrorOf(error, path);
  }
}

/** The last lines; of a Go program that panicked the first ones, because the rest is its stack. */
function tailOf(path: string, from: number): string {
  const lines = readFileSync(path).subarray(from).toString('utf8').trimEnd().split('\n');
  const panic = lines.findIndex((line) => line.startsWith('panic:'));
  return (panic < 0 ? lines.slice(-TAIL_LINES) : lines.slice(panic, panic + TAIL_LINES)).join('\n');
}

const notStarted = (name: string, command: string, why: string): LaunchError =>
  new LaunchError('did-not-start', {
    what: `${name} could not be started: ${why}`,
    where: command,
    remedy: 'Check that the program exists and may be run.',
  });
