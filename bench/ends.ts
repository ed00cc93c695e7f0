import { join } from 'node:path';
import { runSweeper } from '../upkeep/sweeper.ts';
import { endMany } from './end-many.ts';
import { type EndsWorld, startEndsWorld } from './ends-world.ts';
import type { VendorLimits } from './slow-vendor.ts';

export type EndsSize = VendorLimits & Readonly<{ leases: number }>;

/** How long the removal of all accesses took, beside the least that the vendor's limit allows: two calls for each. */
export type Removal = Readonly<{
  removed: number;
  calls: number;
  tookS: number;
  leastS: number;
  decidedS: number;
}>;
export type Ends = Readonly<{ due: Removal; ended: Removal; failures: readonly string[] }>;

/** How long after its end the sweeper leaves a lease to its workflow. */
const GRACE_MS = 10_000;
const HANGS_MS = 600_000;
/** One call that removes, and one that reads back. */
const CALLS_PER_LEASE = 2;

/** Leases that end in the same second, and leases that people end all at once. There is no Temporal, so the sweeper ends them. */
export async function measureEnds(size: EndsSize, databaseUrl: string, folder: string): Promise<Ends> {
  const failures: string[] = [];
  const due = await inWorld(size, databaseUrl, join(folder, 'due'), async (world) => {
    await world.setClock(world.endsAt + GRACE_MS);
    return sweepAll(world, size, failures);
  });
  const ended = await inWorld(size, databaseUrl, join(folder, 'ended'), async (world) => {
    await world.setClock(world.endsAt - 1_800_000);
    const from = performance.now();
    await endMany(world);
    const decidedS = (performance.now() - from) / 1_000;
    await world.setClock(world.endsAt - 1_800_000 + performance.now() - from + GRACE_MS);
    return { ...(await sweepAll(world, size, failures)), decidedS };
  });
  return { due, ended, failures };
}

async function inWorld<T>(
  size: EndsSize,
  databaseUrl: string,
  folder: string,
  work: (world: EndsWorld) => Promise<T>,
): Promise<T> {
  const world = await startEndsWorld(size, databaseUrl, folder);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

/** Runs the sweeper until every access is removed. */
async function sweepAll(
  { deps, vendor }: EndsWorld,
  { leases, latencyMs, cap }: EndsSize,
  failures: string[],
): Promise<Removal> {
  vendor.slowDown();
  const from = Date.now();
  const report = (details: object) => void failures.push(JSON.stringify(details));
  const sweeper = runSweeper(deps, { everySeconds: 1, log: { warn: () => undefined, error: report } });
  try {
    while (vendor.removedAt().length < leases) {
      if (Date.now() - from > HANGS_MS)
        throw new Error(`only ${vendor.removedAt().length} of ${leases} accesses were removed`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await sweeper.stop();
  }
  return {
    removed: vendor.removedAt().length,
    calls: vendor.calls(),
    tookS: (Math.max(...vendor.removedAt()) - from) / 1_000,
    leastS: (Math.ceil((leases * CALLS_PER_LEASE) / cap) * latencyMs) / 1_000,
    decidedS: 0,
  };
}
