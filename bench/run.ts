import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { Deps } from '../requests/deps.ts';
import { launchPostgres } from '../sandbox/launch/postgres.ts';
import { launchTemporal } from '../sandbox/launch/temporal.ts';
import { migrate } from '../ledger/migrate.ts';
import { startChild } from './child.ts';
import { clicks } from './clicks.ts';
import { bareLife, curfewLives } from './lives.ts';
import { writePolicy } from './policy.ts';
import { interleave, type Size } from './rounds.ts';
import { clicksTable, livesTable } from './table.ts';
import { type Places, wire } from './wiring.ts';

/** Measures Curfew against what Temporal and Postgres cost by themselves, on servers of its own. */
async function bench(size: Size, count: number): Promise<void> {
  const stops: (() => Promise<unknown> | void)[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(part: T): T => (stops.push(() => part.stop()), part);
  // Not in the project's folder: Postgres does not run as root, and must be able to walk there.
  const home = mkdtempSync(join(tmpdir(), 'curfew-bench-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  try {
    process.stderr.write('Starting Postgres, Temporal and two workers ...\n');
    const tools = resolve(import.meta.dirname, '../.curfew/tools');
    const postgres = keep(await launchPostgres({ home, durable: true }));
    const temporal = keep(await launchTemporal({ home, tools, log: (line) => console.error(line) }));
    await migrate(postgres.url);
    const policy = writePolicy(join(home, 'policy'));
    const places = { databaseUrl: postgres.url, temporal: temporal.address, policy };

    const deps = wire(places);
    stops.push(() => deps.ledger.close());
    const connection = await Connection.connect({ address: temporal.address });
    stops.push(() => connection.close());
    const client = new Client({ connection });

    const pairs = await measureLives(deps, client, places, size);
    const clicked = await clicks(deps, { owner: postgres.url, writer: postgres.url }, count);
    const { rounds, lives: each, atOnce } = size;
    console.log(`
The whole life of a request (requested, approved, granted, ended, receipt) against a workflow of three empty activities
${rounds} rounds of ${each} lives each, ${atOnce} at once, A B A B; Node ${process.version}, ${cpus().length} processors. Median (least to most):

${livesTable(pairs)}

  Ending by hand is one answer more than expiring: a life that expires has 36 events.

A click, from the payload to the acknowledgement, against one committed insert; ${count} of each, in turns. Median (10 % to 90 %):

${clicksTable(clicked.click, clicked.insert)}
`);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Stops its workers and its dispatcher before it returns: what is measured next is alone. */
async function measureLives(deps: Deps, client: Client, places: Places, size: Size) {
  const curfew = await startChild('curfew', places);
  const bare = await startChild('bare', places);
  const { live, stop } = curfewLives(deps, client);
  try {
    return await interleave(client, { child: curfew, live }, { child: bare, live: bareLife(client) }, size);
  } finally {
    await stop();
    await Promise.all([curfew.stop(), bare.stop()]);
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    lives: { type: 'string', default: '40' },
    'at-once': { type: 'string', default: '8' },
    clicks: { type: 'string', default: '500' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const [rounds = 0, lives = 0, atOnce = 0, count = 0] = [
  values.rounds,
  values.lives,
  values['at-once'],
  values.clicks,
].map(Number);
if (![rounds, lives, atOnce, count].every((each) => Number.isInteger(each) && each > 0)) {
  console.error('--rounds, --lives, --at-once and --clicks take whole numbers from 1.');
  process.exit(2);
}
await bench({ rounds, lives, atOnce }, count);
process.exit(0);
