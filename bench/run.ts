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
import { type EndsSize, measureEnds } from './ends.ts';
import { bareLife, curfewLives } from './lives.ts';
import { writePolicy } from './policy.ts';
import { interleave, type Size } from './rounds.ts';
import { measureLoad } from './load.ts';
import type { LoadSize } from './load-world.ts';
import { clicksTable, endsTable, livesTable, loadTable } from './table.ts';
import { type Places, wire } from './wiring.ts';

type Keep = <T extends { stop(): Promise<unknown> }>(part: T) => T;

/** Runs the parts of the benchmark one after the other, on servers of its own, and prints the figures of each. */
async function bench(parts: ReadonlySet<string>, sizes: Sizes): Promise<void> {
  const stops: (() => Promise<unknown> | void)[] = [];
  const keep: Keep = (part) => (stops.push(() => part.stop()), part);
  // Not in the project's folder: Postgres does not run as root, and must be able to walk there.
  const home = mkdtempSync(join(tmpdir(), 'curfew-bench-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  try {
    process.stderr.write('Starting the servers ...\n');
    const postgres = keep(await launchPostgres({ home, durable: true }));
    await migrate(postgres.url);
    if (parts.has('load')) await loadPart(sizes.load, postgres.url, join(home, 'load-policy'));
    if (parts.has('ends')) await endsPart(sizes.ends, postgres.url, join(home, 'ends-policy'));
    if (parts.has('lives')) await livesPart(sizes, postgres.url, home, { keep, stops });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

type Sizes = Readonly<{ lives: Size; clicks: number; load: LoadSize; ends: EndsSize }>;

/** Whether nothing is lost and no limit exceeded when many people request and approve at once, and how long they wait. */
async function loadPart(size: LoadSize, url: string, folder: string): Promise<void> {
  const load = await measureLoad(size, url, folder);
  console.log(`
A load: ${size.requests} requests at once, then ${size.requests} approvals at once by ${size.approvers} approvers, within Slack's rate limits.
The limits, in the simulated Slack and in the bot, are ${size.speed} times faster than Slack's, and the times are multiplied by ${size.speed}.

${loadTable(load, size)}

  Messages lost: ${load.lost}. Messages that came twice: ${load.duplicates}. Calls refused for a rate limit (429): ${load.refused}.
  New messages to people go first. The card in the channel and the edits of messages have time.
${load.warnings.map((warning) => `  Warning: ${warning}\n`).join('')}`);
}

/** How long many revocations take at a vendor whose limit decides, when no workflow runs and the sweeper does them all. */
async function endsPart(size: EndsSize, url: string, folder: string): Promise<void> {
  const ends = await measureEnds(size, url, folder);
  console.log(`
${size.leases} live leases, at a vendor that takes ${size.latencyMs} ms for a call and handles ${size.cap} at once. The sweeper ends them.

${endsTable(ends)}

  Before that, ${size.leases} clicks to end were decided in ${ends.ended.decidedS.toFixed(1)} s.
${ends.failures.map((failure) => `  Failure: ${failure}\n`).join('')}`);
}

/** Measures Curfew against what Temporal and Postgres cost by themselves. */
async function livesPart(
  { lives: size, clicks: count }: Sizes,
  url: string,
  home: string,
  { keep, stops }: Readonly<{ keep: Keep; stops: (() => Promise<unknown> | void)[] }>,
): Promise<void> {
  const tools = resolve(import.meta.dirname, '../.curfew/tools');
  const temporal = keep(await launchTemporal({ home, tools, log: (line) => console.error(line) }));
  const policy = writePolicy(join(home, 'policy'));
  const places = { databaseUrl: url, temporal: temporal.address, policy };
  const deps = wire(places);
  stops.push(() => deps.ledger.close());
  const connection = await Connection.connect({ address: temporal.address });
  stops.push(() => connection.close());
  const client = new Client({ connection });

  const pairs = await measureLives(deps, client, places, size);
  const clicked = await clicks(deps, { owner: url, writer: url }, count);
  const { rounds, lives: each, atOnce } = size;
  console.log(`
The whole life of a request (requested, approved, granted, ended, receipt) against a workflow of three empty activities
${rounds} rounds of ${each} lives each, ${atOnce} at once, A B A B; Node ${process.version}, ${cpus().length} processors. Median (least to most):

${livesTable(pairs)}

  Ending by hand is one answer more than expiring: a life that expires has 36 events.

A click, from the payload to the acknowledgement, against one committed insert; ${count} of each, in turns. Median (10 % to 90 %):

${clicksTable(clicked.click, clicked.insert)}
`);
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
    parts: { type: 'string', default: 'load,ends,lives' },
    rounds: { type: 'string', default: '5' },
    lives: { type: 'string', default: '40' },
    'at-once': { type: 'string', default: '8' },
    clicks: { type: 'string', default: '500' },
    requests: { type: 'string', default: '500' },
    approvers: { type: 'string', default: '50' },
    speed: { type: 'string', default: '20' },
    leases: { type: 'string', default: '2000' },
    latency: { type: 'string', default: '50' },
    cap: { type: 'string', default: '10' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const { parts, ...numbers } = values;
for (const [name, value] of Object.entries(numbers)) {
  if (Number.isInteger(Number(value)) && Number(value) > 0) continue;
  console.error(`--${name} takes a whole number from 1, and got "${value}".`);
  process.exit(2);
}
await bench(new Set(parts.split(',')), {
  lives: { rounds: Number(values.rounds), lives: Number(values.lives), atOnce: Number(values['at-once']) },
  clicks: Number(values.clicks),
  ends: { leases: Number(values.leases), latencyMs: Number(values.latency), cap: Number(values.cap) },
  load: {
    requests: Number(values.requests),
    approvers: Number(values.approvers),
    speed: Number(values.speed),
  },
});
process.exit(0);
