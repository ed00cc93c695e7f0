import { startChild } from './child.ts';
import { inParallel } from './in-parallel.ts';
import { curfewLives } from './lives.ts';
import type { LivesWorld } from './lives-world.ts';

export type Memory = Readonly<{
  /** How many leases are live, and the resident memory of the worker's process then, in bytes. The first point is before the leases that count. */
  points: readonly Readonly<{ leases: number; bytes: number }>[];
}>;

export type MemorySize = Readonly<{ leases: number }>;

/** What the first leases cost is paid once, for example the code that they load. */
export const WARM_UP = 40;
const POINTS = 4;

/** The memory of a worker's process while leases become live and stay so, measured after each quarter of them. */
export async function measureMemory(
  { places, deps, client }: LivesWorld,
  { leases }: MemorySize,
): Promise<Memory> {
  const child = await startChild('curfew', places);
  const { open, stop } = curfewLives(deps, client);
  try {
    const points: { leases: number; bytes: number }[] = [];
    let live = 0;
    for (let point = 0; point <= POINTS; point += 1) {
      const first = live;
      live = WARM_UP + Math.round((leases * point) / POINTS);
      await inParallel(live - first, (number) => open(first + number));
      points.push({ leases: live, bytes: await child.memory() });
      process.stderr.write('.');
    }
    process.stderr.write('\n');
    return { points };
  } finally {
    await stop();
    await child.stop();
  }
}
