import {
  appendFileSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Binaries,
  hostBinaries,
  npmBinaries,
  packagedBinaries,
} from '../../sandbox/launch/postgres-binaries.ts';
import { self } from '../../sandbox/launch/pids.ts';
import { postgresPlace } from '../../sandbox/launch/postgres-place.ts';
import { launchPostgres, type Postgres } from '../../sandbox/launch/postgres.ts';
import { TOOLS } from '../../scripts/tools.ts';
import { DEFAULT_REAPER } from '../../providers/postgres/databases.ts';
import { addressOf, run } from './postgres.fixture.ts';
import { until } from '../until.fixture.ts';

/** Names by which the next run finds the folder and stops the servers, when this run is killed (`test/setup/services.ts`). */
const PREFIX = `curfew-servers-${process.getuid?.() ?? 0}-`;
const [PRIMARY, STANDBY] = ['postgres', 'postgres15'];

export type Cluster = Readonly<{
  /** The superuser of the primary and of its standby. */
  primary: string;
  standby: string;
  stopStandby(): Promise<void>;
  startStandby(): Promise<void>;
  stop(): Promise<void>;
}>;

/** The binaries of this major version, where this machine has them. */
export function binariesOf(major: number): Binaries | undefined {
  const native = join(TOOLS, `postgres-${major}`, 'native');
  return [...hostBinaries(), npmBinaries(), existsSync(native) ? packagedBinaries(native) : undefined].find(
    (found) => found?.major === major,
  );
}

/**
 * A primary and a standby that follows it over the network. The standby begins as a copy of the primary's folder, which was
 * stopped for it, so no other program of Postgres is needed.
 */
export async function startCluster({ bin }: Binaries): Promise<Cluster> {
  const home = mkdtempSync(join(process.env['TEST_RUNS'] ?? tmpdir(), PREFIX));
  writeFileSync(join(home, 'owner'), JSON.stringify(self()));
  const launch = (name: string, port?: number) =>
    launchPostgres({ home, name, durable: false, binaries: { bin }, ...(port !== undefined && { port }) });
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
    // As root, the folders of the servers are elsewhere, and these are links.
    for (const name of [PRIMARY, STANDBY])
      if (existsSync(join(home, name)))
        rmSync(realpathSync(join(home, name)), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const draft = await launch(PRIMARY);
    await draft.stop();
    appendFileSync(
      join(home, PRIMARY, 'data', 'postgresql.auto.conf'),
      'max_prepared_transactions = 5\nwal_level = logical\n',
    );
    copyPrimary(home);
    const primary = await launch(PRIMARY);
    stops.push(() => primary.stop());
    await run(primary.url, `create role ${DEFAULT_REAPER} login createrole`);
    followFrom(home, primary.url);
    let standby: Postgres = await launch(STANDBY);
    stops.push(() => standby.stop());
    await untilFollowing(primary.url);
    return {
      primary: primary.url,
      standby: standby.url,
      stopStandby: () => standby.stop(),
      startStandby: async () => {
        standby = await launch(STANDBY, addressOf(standby.url).port);
        await untilFollowing(primary.url);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Copies the files, their owner and the password of the superuser. */
function copyPrimary(home: string): void {
  const from = join(realpathSync(join(home, PRIMARY)), 'data');
  const to = join(postgresPlace(join(home, STANDBY)), 'data');
  cpSync(from, to, { recursive: true });
  const { uid, gid } = statSync(from);
  const names = readdirSync(to, { recursive: true, encoding: 'utf8' });
  for (const entry of [to, ...names.map((name) => join(to, name))]) chownSync(entry, uid, gid);
  copyFileSync(join(home, `${PRIMARY}.password`), join(home, `${STANDBY}.password`));
}

function followFrom(home: string, primary: string): void {
  const data = join(home, STANDBY, 'data');
  const { uid, gid } = statSync(data);
  const { host, port, user = '', password = '' } = addressOf(primary);
  const conninfo = `host=${host} port=${port} user=${user} password=${password}`;
  appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
  writeFileSync(join(data, 'standby.signal'), '');
  chownSync(join(data, 'standby.signal'), uid, gid);
}

const untilFollowing = (primary: string) =>
  until('the standby follows', async () => {
    const rows = await run(primary, `select from pg_stat_replication where state = 'streaming'`);
    return rows.length > 0 || undefined;
  });
