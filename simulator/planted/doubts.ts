import type { PlantedBug } from './bug.ts';

/** Mistakes after a call whose outcome is not known. */
export const DOUBT_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-doubt-after-a-killed-process',
    ids: 'F01, F02, F41',
    what: 'Nobody looks again after a process was killed in the middle of a change.',
    edits: [
      {
        file: 'ledger/leases/lock.ts',
        from: 'if (taken?.was_left) await doubt(db, { key }, UNANSWERED);',
        to: '',
      },
    ],
  },
  {
    name: 'no-doubt-after-a-lost-answer',
    ids: 'F13, F41, I15',
    what: 'Nobody looks again after a call without an answer, which may still have its effect.',
    edits: [
      {
        file: 'ledger/leases/lock.ts',
        from: 'isDoubtful = hasWritten && !isSettled(error);',
        to: 'isDoubtful = false && hasWritten && !isSettled(error);',
      },
    ],
  },
  {
    name: 'no-verification',
    ids: 'F41, I15',
    what: 'The sweeper verifies nothing.',
    edits: [
      {
        file: 'upkeep/sweep.ts',
        from: 'unverified: await duty(verifyDoubtfulAccesses),',
        to: 'unverified: [],',
      },
    ],
  },
  {
    name: 'verification-takes-everything',
    ids: 'B18, I5',
    what: 'A verification removes all that the account has.',
    edits: [
      {
        file: 'requests/repair.ts',
        from: `  const receipt = await current.provider.ensureAbsent(await remainingWithLost(deps, current), under.signal);
  if (receipt.lowered)`,
        to: `  const receipt = await current.provider.ensureAbsent({ ...(await remainingWithLost(deps, current)), level: 'none' }, under.signal);
  if (receipt.lowered)`,
      },
    ],
    seed: 1001,
  },
];
