import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate } from '../ledger/migrate.ts';
import { launchPostgres } from '../sandbox/launch/postgres.ts';
import { type PartName, PARTS, type Sizes } from './parts.ts';

/** Runs the parts of the benchmark one after the other, and prints the figures of each. */
async function bench(parts: readonly PartName[], sizes: Sizes): Promise<void> {
  // Not in the project's folder: Postgres does not run as root, and must be able to walk there.
  const root = mkdtempSync(join(tmpdir(), 'curfew-bench-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  for (const part of parts) {
    process.stderr.write(`Starting the servers for ${part} ...\n`);
    const home = join(root, part);
    const postgres = await launchPostgres({ home, durable: true });
    try {
      await migrate(postgres.url);
      await PARTS[part](sizes, { url: postgres.url, home });
    } finally {
      await postgres.stop();
    }
  }
}

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
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
    'live-leases': { type: 'string', default: '800' },
    grants: { type: 'string', default: '300000' },
    moments: { type: 'string', default: '100' },
    'listed-requests': { type: 'string', default: '1000000' },
    'console-requests': { type: 'string', default: '1000000' },
    entries: { type: 'string', default: '200000' },
    approvals: { type: 'string', default: '30' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const { parts, ...numbers } = values;
for (const [name, value] of Object.entries(numbers)) {
  if (Number.isInteger(Number(value)) && Number(value) > 0) continue;
  console.error(`--${name} takes a whole number from 1, and got "${value}".`);
  process.exit(2);
}
const names = parts.split(',');
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`--parts takes names of ${Object.keys(PARTS).join(', ')}, and got "${unknown}".`);
  process.exit(2);
}
await bench(names as PartName[], {
  lives: { rounds: Number(values.rounds), lives: Number(values.lives), atOnce: Number(values['at-once']) },
  clicks: Number(values.clicks),
  ends: { leases: Number(values.leases), latencyMs: Number(values.latency), cap: Number(values.cap) },
  memory: { leases: Number(values['live-leases']) },
  questions: { grants: Number(values.grants), moments: Number(values.moments) },
  search: { requests: Number(values['listed-requests']), rounds: Number(values.rounds) },
  console: { requests: Number(values['console-requests']), rounds: Number(values.rounds) },
  log: {
    entries: Number(values.entries),
    rounds: Number(values.rounds),
    approvals: Number(values.approvals),
  },
  load: {
    requests: Number(values.requests),
    approvers: Number(values.approvers),
    speed: Number(values.speed),
  },
});
process.exit(0);
