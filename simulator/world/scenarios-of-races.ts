import { endMs, requested, type Scenarios } from './scenario.ts';

/** What comes between two steps of a change, or at the same moment as another change. */
export const RACE_SCENARIOS: Scenarios = {
  // B01, F13: a person ends access between its write and its receipt, and the grant is not tried again before.
  10_000: (random) => ({
    requests: [{ ...requested(1_000, 'thing', 2), endedAfterMs: random.whole(8_000, 12_000) }],
    aims: [
      {
        moment: 'grant',
        nth: 1,
        afterMs: random.whole(20, 60),
        fault: { window: 'ledger-away', lastsMs: random.whole(1_000, 3_000) },
      },
      { moment: 'grant', nth: 1, afterMs: 20, fault: { window: 'temporal-away', lastsMs: 40_000 } },
    ],
  }),
  // F16, B05: two grants of one access come together, and nothing goes wrong.
  11_000: (random) => ({
    requests: [
      requested(1_000, 'look', 1),
      { ...requested(1_000, random.pick(['thing', 'top']), 1), approvedAfterMs: 500 + random.whole(0, 150) },
    ],
  }),
  // F24: the end of access and the next grant of it come together, under two names of the account, while links are slow.
  12_000: (random) => {
    const first = requested(1_000, 'thing', 1);
    const end = endMs(first);
    return {
      requests: [
        first,
        {
          ...requested(end - 15_000, random.pick(['look', 'thing']), 4),
          approvedAfterMs: 15_000 - random.whole(0, 8_000),
        },
      ],
      incidents: [{ kind: 'account-renamed', at: 30_000, account: 'ana', isInPolicy: true }],
      windows: [{ kind: 'slow', from: end - 10_000, to: end + 10_000 }],
    };
  },
  // F15: the next grant of an access reads what was there before the receipt of its revocation.
  13_000: (random) => {
    const first = requested(1_000, 'thing', 1);
    return {
      requests: [
        first,
        {
          ...requested(endMs(first) - 10_000, 'look', 1),
          approvedAfterMs: 10_000 + random.whole(0, 1_500),
        },
      ],
      consistencyWindowMs: 4_000,
    };
  },
  // B71: the ledger is away for a moment while it decides a click that ends access.
  14_000: (random) => ({
    requests: [{ ...requested(1_000, 'thing', 4), endedAfterMs: random.whole(5_000, 20_000) }],
    aims: [
      {
        moment: 'ending',
        nth: 1,
        afterMs: random.whole(20, 150),
        fault: { window: 'ledger-away', lastsMs: random.whole(15, 50) },
      },
    ],
  }),
  // F13, F41: a write of a grant is late, and arrives when the access has ended already.
  17_000: (random) => ({
    requests: [{ ...requested(1_000, 'thing', 2), endedAfterMs: random.whole(11_000, 16_000) }],
    windows: [{ kind: 'writes-late', from: 1_500, to: 8_000 }],
  }),
  // F01, F41: the same, and a process is killed in the middle of the change.
  18_000: (random) => ({
    requests: [{ ...requested(1_000, 'thing', 2), endedAfterMs: random.whole(14_000, 25_000) }],
    windows: [
      { kind: 'writes-late', from: 1_500, to: 8_000 },
      { kind: 'processes-killed', from: 1_500, to: 8_000 },
    ],
  }),
};
