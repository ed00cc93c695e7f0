import type { FaultWindow, WindowKind } from './fault-kinds.ts';
import type { Random } from './random.ts';
import { endMs, requested, type Scenarios } from './scenario.ts';

/** Something is away from some seconds before an end until some time after it. */
const around = (random: Random, kind: WindowKind, end: number, afterMs: number): FaultWindow => ({
  kind,
  from: end - random.whole(5_000, 15_000),
  to: end + afterMs,
});

/** The ledger and Temporal are away, so only the reaper is left (F07). */
const onlyReaper = (random: Random, end: number): FaultWindow[] => {
  const afterMs = random.whole(80_000, 100_000);
  return [around(random, 'ledger-away', end, afterMs), around(random, 'temporal-away', end, afterMs)];
};

/** Ends while parts of Curfew are away. */
export const OUTAGE_SCENARIOS: Scenarios = {
  // F07: only the reaper is left, for an account that has or has not standing access.
  1_000: (random) => {
    const one = requested(random.whole(1_000, 20_000), 'thing', random.whole(1, 2));
    return {
      requests: [one],
      incidents: random.chance(0.5)
        ? [{ kind: 'by-hand', at: 0, account: 'ana', resource: 'thing', level: 'read' }]
        : [],
      windows: onlyReaper(random, endMs(one)),
      hasReaper: true,
    };
  },
  // F07, F26: only the reaper is left at the end of the first of two leases of one access.
  2_000: (random) => {
    const first = requested(random.whole(1_000, 5_000), random.pick(['look', 'thing']), 1);
    const longer = requested(random.whole(30_000, 45_000), random.pick(['look', 'thing']), 4);
    return {
      requests: [first, longer],
      windows: onlyReaper(random, endMs(first)),
      hasReaper: true,
    };
  },
  // F04: the ledger is away, and the workflow has the undo.
  3_000: (random) => {
    const one = requested(random.whole(1_000, 20_000), 'thing', random.whole(1, 2));
    return {
      requests: [one],
      windows: [around(random, 'ledger-away', endMs(one), random.whole(90_000, 150_000))],
    };
  },
  // F04, F26: the same at the end of the second of two leases, whose undo knows the first one.
  4_000: (random) => {
    const longer = requested(random.whole(1_000, 3_000), random.pick(['look', 'thing']), 4);
    const second = requested(random.whole(8_000, 15_000), random.pick(['look', 'thing', 'top']), 1);
    return {
      requests: [longer, second],
      windows: [around(random, 'ledger-away', endMs(second), random.whole(3_000, 15_000))],
    };
  },
  // F08: a workflow is terminated while its access is active.
  5_000: (random) => {
    const one = requested(random.whole(1_000, 20_000), 'thing', random.whole(1, 2));
    return {
      requests: [one],
      incidents: [{ kind: 'workflows-terminated', at: endMs(one) - random.whole(5_000, 40_000) }],
    };
  },
  // I17: a person leaves while minutes of their access are left.
  6_000: (random) => {
    const one = requested(random.whole(1_000, 20_000), random.pick(['thing', 'pair']), 4, 'dee');
    return {
      requests: [one],
      incidents: [{ kind: 'requester-leaves', at: one.atMs + random.whole(10_000, 60_000) }],
    };
  },
};
