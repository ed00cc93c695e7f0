import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../app/errors.ts';
import { makeHome } from './home.ts';
import { isAlive, parseIdentity, signal, startOf, untilGone } from './pids.ts';
import type { Identity } from './pids.ts';
import { diskErrorOf, LaunchError } from './launch-error.ts';

/** A log that is larger than this is renamed at the next start. */
const LOG_BYTES = 10_000_000;
const STOP_MS = 10_000;
const TAIL_LINES = 8;

/** How to start one program, and how to stop it, also from a later process. */
export type Spec = Readonly<{
  home: string;
  /** Names the log `<home>/logs/<name>.log` and the record `<home>/run/<name>.json`. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** The user to run as, when this process is root and the program refuses root. */
  user?: Readonly<{ uid: number; gid: number }>;
  port?: number;
  /** The signal that asks the program to stop: SIGTERM, or SIGINT for Postgres' fast shutdown. */
  stopSignal?: NodeJS.Signals;
  /** The signal that is sent when this process exits without having stopped the program. */
  lastSignal?: NodeJS.Signals;
  /** How long it has to stop before it is killed; 10 seconds by default. */
  stopMs?: number;
}>;

export type Service = Readonly<{
  pid: number;
  /** Resolves when the program ends, to a sentence about how. Never rejects. */
  exited: Promise<string>;
  /** The last lines it wrote since it was started. */
  tail(): string;
  /** Asks it to stop, waits, kills what is left. Safe to call twice. */
  stop(): Promise<void>;
}>;

/** What runs. When this process exits, it sends each its last signal. */
const running = new Map<number, Readonly<{ identity: Identity; lastSignal: NodeJS.Signals }>>();

process.on('exit', () => {
  for (const { identity, lastSignal } of running.values()) signal(identity, lastSignal);
});

/** The record of one service: its process and its port. */
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

/** The last port of this service, or undefined when it never ran in this home. */
export const portUsed = (home: string, name: string): number | undefined => readRecord(home, name)?.port;

/**
 * Stops the program that an earlier process started under this name and did not stop, because it was killed.
 * A process with the recorded pid but another start time is a different program, and is left alone.
 */
export async function reap(
  home: string,
  name: string,
  stopSignal: NodeJS.Signals = 'SIGTERM',
): Promise<boolean> {
  const record = readRecord(home, name);
  if (!record || !isAlive(record.identity)) return false;
  await end(record.identity, stopSignal, STOP_MS);
  return true;
}

async function end(identity: Identity, stopSignal: NodeJS.Signals, stopMs: number): Promise<void> {
  signal(identity, stopSignal);
  if (await untilGone(identity, stopMs)) return;
  signal(identity, 'SIGKILL', { group: true });
  await untilGone(identity, STOP_MS);
}

/**
 * Starts a program, with its output in a log file and its identity in a record. It is in its own process group, so that
 * Ctrl-C in the terminal reaches only this process, which then stops the program. Throws a `LaunchError` when it cannot be started.
 */
export async function startService(spec: Spec): Promise<Service> {
  const { home, name, command, stopSignal = 'SIGTERM', lastSignal = 'SIGKILL' } = spec;
  const { stopMs = STOP_MS } = spec;
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
      await end(identity, stopSignal, stopMs);
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
