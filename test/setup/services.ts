import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { DEFAULT_REAPER } from '../../providers/postgres/databases.ts';
import { launchMoto } from '../../sandbox/launch/moto.ts';
import { isAlive, parseIdentity, self } from '../../sandbox/launch/pids.ts';
import { hostBinaries, packagedBinaries } from '../../sandbox/launch/postgres-binaries.ts';
import { launchPostgres } from '../../sandbox/launch/postgres.ts';
import { reap } from '../../sandbox/launch/processes.ts';
import { launchTemporal } from '../../sandbox/launch/temporal.ts';
import { TOOLS } from '../../scripts/tools.ts';

type Stoppable = Readonly<{ stop(): Promise<void> }>;

declare global {
  var stopTestServices: (() => Promise<void>) | undefined;
}

/** Each run has a folder here. Not in the project's folder: Postgres does not run as root, and its user must enter it. */
const RUNS = process.env['TEST_RUNS'] ?? tmpdir();
/** Where an earlier run may have left its servers. */
const OLDER_RUNS = process.env['TEST_OLDER_RUNS']?.split(delimiter) ?? [RUNS];
const PREFIX = `curfew-servers-${process.getuid?.() ?? 0}-`;
/** A run's folder without an owner file is being created or removed. If it is older than this, it is abandoned. */
const ABANDONED_MS = 600_000;
/** Every process finds the bundle of the workflows then. */
const BUNDLE = join(import.meta.dirname, 'bundle.ts');
const SERVICES = [
  ['postgres', 'SIGINT'],
  ['postgres15', 'SIGINT'],
  ['temporal', 'SIGTERM'],
  ['moto', 'SIGTERM'],
] as const;

/**
 * Starts one Postgres 18, one Postgres 15, one Temporal and one moto for the whole run, and sets their addresses in TEST_PG_URL, TEST_PG15_URL, TEST_TEMPORAL_ADDRESS and TEST_MOTO_URL. Postgres 15 and moto may be missing on a machine.
 * Their variables are then not set, and the reason is printed.
 */
export async function startServices(): Promise<void> {
  await removeDeadRuns();
  const home = mkdtempSync(join(RUNS, PREFIX));
  writeFileSync(join(home, 'owner'), JSON.stringify(self()));
  const started: Stoppable[] = [];
  stopWhenInterrupted(stopAll);
  globalThis.stopTestServices = stopAll;

  const keep = <T extends Stoppable>(service: T): T => (started.push(service), service);
  const starting = [
    launchPostgres({ home, durable: false, binaries: 'npm' })
      .then(keep)
      .then(async ({ url }) => {
        await makeLoginsCheap(url);
        await makeReaperRole(url);
        setVariable('TEST_PG_URL', url);
      }),
    postgres15(home).then(async (found) => {
      if (!found) return;
      const { url } = keep(found);
      await makeReaperRole(url);
      setVariable('TEST_PG15_URL', url);
    }),
    launchTemporal({ home, tools: TOOLS, log })
      .then(keep)
      .then(({ address }) => setVariable('TEST_TEMPORAL_ADDRESS', address)),
    moto(home).then((found) => (found ? setVariable('TEST_MOTO_URL', keep(found).url) : undefined)),
    promisify(execFile)(process.execPath, ['--import', 'tsx', BUNDLE]),
  ];
  const failed = (await Promise.allSettled(starting)).filter((each) => each.status === 'rejected');
  if (failed.length > 0) {
    await stopAll();
    throw new AggregateError(
      failed.map((each) => each.reason),
      failed.map((each) => String(each.reason)).join('\n'),
    );
  }

  async function stopAll(): Promise<void> {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    rmSync(home, { recursive: true, force: true });
  }
}

/** A login costs two milliseconds less. The tests log in thousands of times, and their passwords are not secret. */
async function makeLoginsCheap(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('alter system set scram_iterations = 1');
  await admin.query('select pg_reload_conf()');
  await admin.query('set scram_iterations = 1');
  await admin.query(`alter role postgres password ${admin.escapeLiteral(new URL(url).password)}`);
  await admin.end();
}

/** The role of the reaper, without which the Postgres provider grants nothing. */
async function makeReaperRole(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create role ${DEFAULT_REAPER} login createrole`);
  await admin.end();
}

const setVariable = (variable: string, value: string) => void (process.env[variable] = value);
const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Uses the host's Postgres 15, or the one that `npm test` fetched into the folder of tools. */
async function postgres15(home: string) {
  const host = hostBinaries().find(({ major }) => major === 15);
  const native = join(TOOLS, 'postgres-15', 'native');
  const found = host ?? (existsSync(native) ? packagedBinaries(native) : undefined);
  if (found)
    return launchPostgres({ home, name: 'postgres15', durable: false, binaries: { bin: found.bin } });
  log('skipped: Postgres 15 is neither installed nor fetched; "npm test" fetches it');
  return undefined;
}

async function moto(home: string) {
  const found = await launchMoto({ home, tools: TOOLS, log });
  if (!('missing' in found)) return found;
  log(`skipped: ${found.missing}`);
  return undefined;
}

/** A killed run leaves its servers running. The next run stops them, and no servers of a run that is alive. */
async function removeDeadRuns(): Promise<void> {
  const folders = OLDER_RUNS.flatMap((place) => readdirSync(place).map((name) => ({ place, name })));
  for (const { place, name } of folders.filter((each) => each.name.startsWith(PREFIX))) {
    const home = join(place, name);
    const file = join(home, 'owner');
    const owner = existsSync(file) ? parseIdentity(readFileSync(file, 'utf8')) : undefined;
    const isNew = (statSync(home, { throwIfNoEntry: false })?.mtimeMs ?? 0) > Date.now() - ABANDONED_MS;
    if (owner ? isAlive(owner) : isNew) continue;
    for (const [service, stopSignal] of SERVICES) await reap(home, service, stopSignal);
    rmSync(home, { recursive: true, force: true });
  }
}

/** Ctrl-C in a terminal sends a signal to this process and another through npm. The second must not interrupt the first. */
function stopWhenInterrupted(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop().finally(() => process.exit(1)));
  }
}
