import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { self } from '../../sandbox/launch/pids.ts';
import type { Binaries } from '../../sandbox/launch/postgres-binaries.ts';
import { launchPostgres } from '../../sandbox/launch/postgres.ts';
import { DEFAULT_REAPER } from '../../providers/postgres/databases.ts';
import { run } from './postgres.fixture.ts';

/** Names by which the next run finds the folder and stops the server, when this run is killed (`test/setup/services.ts`). */
const PREFIX = `curfew-servers-${process.getuid?.() ?? 0}-`;
const NAME = 'postgres';

/** A server of its own that has loaded `pg_stat_statements`, because a server loads it only when it starts. */
export async function startStatisticsServer({
  bin,
}: Binaries): Promise<Readonly<{ url: string; stop(): Promise<void> }>> {
  const home = mkdtempSync(join(process.env['TEST_RUNS'] ?? tmpdir(), PREFIX));
  writeFileSync(join(home, 'owner'), JSON.stringify(self()));
  const launch = () => launchPostgres({ home, name: NAME, durable: false, binaries: { bin } });
  await (await launch()).stop();
  const place = realpathSync(join(home, NAME));
  appendFileSync(
    join(place, 'data', 'postgresql.auto.conf'),
    "shared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.max = 1000\n",
  );
  const server = await launch();
  await run(server.url, `create role ${DEFAULT_REAPER} login createrole`);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(place, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
