import type { PlantedBug } from './bug.ts';

/** Mistakes of the reaper. They show only in seeds that have one. */
export const REAPER_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-reaper',
    ids: 'F07, I3',
    what: 'The reaper ends nothing.',
    edits: [
      {
        file: 'reaper/reap.ts',
        from: '    ...[...removers.values()].map((remover) => reapProvider(remover, pass)),',
        to: '',
      },
    ],
    seed: 1000,
  },
  {
    name: 'reaper-ends-early',
    ids: 'I6, F07',
    what: 'The reaper ends access that is not over.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: '.filter(({ endsAt }) => endsAt + MANIFEST_GRACE_MS <= now && endsAt <= vendorNow)',
        to: '.filter(({ endsAt }) => endsAt - MANIFEST_GRACE_MS <= now)',
      },
      {
        file: 'manifest/due.ts',
        from: 'live.filter(({ endsAt }) => endsAt > now)',
        to: 'live.filter(({ endsAt }) => endsAt - MANIFEST_GRACE_MS > now)',
      },
      {
        file: 'reaper/plan.ts',
        from: 'if (vendorNow === undefined || vendorNow >= endsAt) return due;',
        to: 'if (vendorNow === undefined || vendorNow > 0) return due;',
      },
    ],
    seed: 11,
  },
  {
    name: 'reaper-takes-standing-access',
    ids: 'B16, I5, F07',
    what: 'The reaper leaves nothing of what was there before.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others]));',
        to: 'return ok(highestLevel(ladderOf(newest), [...others]));',
      },
    ],
    seed: 1000,
  },
  {
    name: 'reaper-ignores-other-leases',
    ids: 'B14, I6, F07',
    what: 'The reaper takes the access of other leases.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others]));',
        to: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others.slice(others.length)]));',
      },
    ],
    seed: 2000,
  },
];
