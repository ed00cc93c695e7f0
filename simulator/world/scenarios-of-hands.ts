import { requested, type Scenarios } from './scenario.ts';

const THING_OF_ANA = { kind: 'by-hand', account: 'ana', resource: 'thing' } as const;

/** Changes by hand, and accounts that become other ones. */
export const HAND_SCENARIOS: Scenarios = {
  // B20, I22: somebody lowers access by hand between two overlapping grants.
  7_000: (random) => {
    const at = random.whole(25_000, 45_000);
    return {
      requests: [
        requested(random.whole(1_000, 3_000), random.pick(['thing', 'top']), 4),
        requested(at + random.whole(20_000, 40_000), 'look', 2),
      ],
      incidents: [{ ...THING_OF_ANA, at, level: 'none' }],
    };
  },
  // F25, I5: somebody lowers standing access by hand between two overlapping grants.
  8_000: (random) => {
    const at = random.whole(25_000, 45_000);
    return {
      requests: [
        requested(random.whole(1_000, 3_000), 'look', 3),
        requested(at + random.whole(20_000, 40_000), random.pick(['look', 'thing']), random.whole(1, 2)),
      ],
      incidents: [
        { ...THING_OF_ANA, at: 0, level: 'admin' },
        { ...THING_OF_ANA, at, level: 'none' },
      ],
    };
  },
  // B36: the ledger misses the receipt of a grant, and the account is another person's when it is tried again.
  9_000: (random) => ({
    requests: [requested(1_000, 'thing', 1)],
    aims: [
      {
        moment: 'grant',
        nth: 1,
        afterMs: random.whole(20, 60),
        fault: { window: 'ledger-away', lastsMs: random.whole(4_000, 8_000) },
      },
      {
        moment: 'grant',
        nth: 1,
        afterMs: random.whole(500, 3_000),
        fault: { incident: { kind: 'account-created-again', account: 'ana' } },
      },
    ],
  }),
};
