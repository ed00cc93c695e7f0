import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { makeHome } from './home.ts';
import { isAlive, signal, startOf, untilGone } from './pids.ts';
import { LOOPBACK, onFreePort } from './ports.ts';
import { binariesAt, hostBinaries, npmBinaries, OLDEST_MAJOR } from './postgres-binaries.ts';
import type { Binaries } from './postgres-binaries.ts';
import { postgresPlace, postgresUser, reachableBinaries } from './postgres-place.ts';
import type { User } from './postgres-place.ts';
import { portUsed, reap, startService } from './processes.ts';
import type { Service } from './processes.ts';
import { untilReady } from './ready.ts';
import { diskErrorOf, LaunchError } from './launch-error.ts';

export type PostgresOptions = Readonly<{
  home: string;
  /** Names its folder, log and record in `home`, so that one home can hold several. */
  name?: string;
  /** False for tests: nothing is flushed to disk, and a power cut would ruin the files. */
  durable: boolean;
  /** Which binaries: the host's or else npm's, only one of the two, or those in a given folder. */
  binaries?: 'any' | 'host' | 'npm' | Readonly<{ bin: string }>;
  port?: number;
  /** Settings of the server that win over ours. */
  settings?: Readonly<Record<string, string>>;
}>;

export type Postgres = Readonly<{
  /** Of the superuser `postgres` on the database `postgres`, with its password. */
  url: string;
  /** The major version: 15 and later. */
  version: number;
  pid: number;
  stop(): Promise<void>;
}>;

/** `user` is undefined when Postgres runs as the user of this process. */
type Server = Readonly<{ binaries: Binaries; durable: boolean; user: User | undefined }>;

/** Recovery after a crash replays the log before anyone can connect. */
const READY_MS = 60_000;

/** Starts a Postgres server on 127.0.0.1. Throws a `LaunchError` when it cannot. */
export async function launchPostgres(options: PostgresOptions): Promise<Postgres> {
  const { home, name = 'postgres', durable } = options;
  try {
    makeHome(home);
    await reap(home, name, 'SIGINT');
    const place = postgresPlace(join(home, name));
    const data = join(place, 'data');
    const password = passwordIn(home, name);
    const user = postgresUser(place);
    const binaries = reachableBinaries(chooseBinaries(options.binaries ?? 'any', data), user);
    await reapPostmaster(data);
    if (!existsSync(data)) initialise({ binaries, place, durable, user }, password);

    const wish = { given: options.port, used: portUsed(home, name) };
    return await onFreePort('Postgres', wish, async (port) => {
      const server = { home, name, binaries, data, durable, user, settings: options.settings };
      const service = await start(server, port);
      const url = `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`;
      await untilReady({ name, where: `${LOOPBACK}:${port}`, service, boundMs: READY_MS }, () =>
        answers(url),
      );
      return { url, version: binaries.major, pid: service.pid, stop: () => service.stop() };
    });
  } catch (error) {
    throw diskErrorOf(error, join(home, name));
  }
}

/** A data folder can only be opened by the major version that made it. */
function chooseBinaries(wanted: NonNullable<PostgresOptions['binaries']>, data: string): Binaries {
  const found = candidates(wanted);
  const version = join(data, 'PG_VERSION');
  if (!existsSync(version)) {
    const [first] = found;
    if (first) return first;
    throw new LaunchError('tool-missing', {
      what: `No Postgres server of version ${OLDEST_MAJOR} or later was found`,
      where: `${process.platform}-${process.arch}`,
      remedy: 'Run "npm ci" again (it brings one for most platforms), or install Postgres.',
    });
  }
  const major = Number(readFileSync(version, 'utf8'));
  const same = found.find((each) => each.major === major);
  if (same) return same;
  throw new LaunchError('wrong-version', {
    what: `The database was created by Postgres ${major}, and only ${found.map((each) => each.major).join(' and ') || 'none'} is installed`,
    where: data,
    remedy: `Install Postgres ${major} again; or move that folder away, and start with an empty one.`,
  });
}

function candidates(wanted: NonNullable<PostgresOptions['binaries']>): readonly Binaries[] {
  if (typeof wanted === 'object')
    return [binariesAt(wanted.bin, 'host')].filter((each) => each !== undefined);
  const host = wanted === 'npm' ? [] : hostBinaries();
  const npm = wanted === 'host' ? undefined : npmBinaries();
  return npm ? [...host, npm] : host;
}

/** The superuser's password, made once before the database. Only the owner of `home` can read it. */
function passwordIn(home: string, name: string): string {
  const file = join(home, `${name}.password`);
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Makes the database in a temporary folder and then moves it, so that an incomplete one is never opened. */
function initialise(
  { binaries, place, durable, user }: Server & Readonly<{ place: string }>,
  password: string,
): void {
  const draft = join(place, 'draft');
  const secret = join(place, 'secret'); // a real file: initdb cannot read its password from a pipe
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(secret, password, { mode: 0o600 });
  if (user) chownSync(secret, user.uid, user.gid);
  const args = ['-D', draft, '-U', 'postgres', `--pwfile=${secret}`, '-A', 'scram-sha-256'];
  args.push('-E', 'UTF8', '--no-locale', ...(durable ? ['--data-checksums'] : ['--no-sync']));
  const made = spawnSync(join(binaries.bin, 'initdb'), args, { encoding: 'utf8', cwd: place, ...user });
  rmSync(secret, { force: true });
  if (made.status !== 0) {
    const why = `${made.stderr ?? ''}${made.error?.message ?? ''}`.trim();
    if (why.includes('No space left on device')) throw Object.assign(new Error(why), { code: 'ENOSPC' });
    throw new LaunchError('did-not-start', {
      what: `The database could not be created: ${why}`,
      where: draft,
      remedy: 'Remove that folder and try again.',
    });
  }
  renameSync(draft, join(place, 'data'));
}

/**
 * Stops the server of an earlier run. Postgres keeps a pid file, and refuses to start when any process has that pid. In
 * a container another program often has the same low pid after a restart, so this checks which program it is.
 */
async function reapPostmaster(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const started = pid > 1 ? startOf(pid) : undefined;
  if (started !== undefined && isPostmaster(pid, data)) {
    const identity = { pid, started };
    signal(identity, 'SIGINT');
    if (!(await untilGone(identity, 10_000)) && isAlive(identity)) signal(identity, 'SIGQUIT');
    await untilGone(identity, 10_000);
  }
  rmSync(file, { force: true });
}

/** The command line names the data folder, because `start` passes it. */
const isPostmaster = (pid: number, data: string): boolean =>
  spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.includes(data) === true;

function start(
  {
    home,
    name,
    binaries,
    data,
    durable,
    user,
    settings: more,
  }: Server & Readonly<{ home: string; name: string; data: string; settings: PostgresOptions['settings'] }>,
  port: number,
): Promise<Service> {
  const settings = {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...more,
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  return startService({
    ...{ home, name, command: join(binaries.bin, 'postgres'), args, cwd: data, port },
    ...(user && { user }),
    stopSignal: 'SIGINT', // "fast": ends sessions, writes a checkpoint
    lastSignal: 'SIGQUIT', // "immediate": takes its children along, recovers at the next start
  });
}

/** True once a session can be opened; undefined while it starts up or recovers. */
async function answers(url: string): Promise<true | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // when the server stops later, this session's end is not an error
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}
