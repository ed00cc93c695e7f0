import type { Aim } from './aims.ts';
import type { Random } from './random.ts';
import { requested, type Scenarios } from './scenario.ts';

/** The ledger loses what was written from the first approval on. */
const failover = (random: Random): Aim => ({
  moment: 'approval',
  nth: 1,
  afterMs: random.whole(10, 300),
  fault: { incident: { kind: 'failover', losesMs: random.whole(1_000, 3_000) } },
});

/** A ledger that lost a grant, or a request. */
export const FAILOVER_SCENARIOS: Scenarios = {
  // F05, I25: the workflow is gone too, and somebody requests the same access again.
  15_000: (random) => ({
    requests: [requested(1_000, 'thing', 2), requested(random.whole(15_000, 60_000), 'thing', 3)],
    aims: [
      failover(random),
      {
        moment: 'approval',
        nth: 1,
        afterMs: random.whole(4_000, 8_000),
        fault: { incident: { kind: 'workflows-terminated' } },
      },
    ],
  }),
  // F05, I25: nobody requests it again.
  16_000: (random) => ({ requests: [requested(1_000, 'thing', 2)], aims: [failover(random)] }),
  // F05, F18: the ledger loses a request whose form may be delivered again.
  19_000: (random) => ({
    requests: [requested(1_000, 'thing', 2)],
    aims: [
      {
        moment: 'request',
        nth: 1,
        afterMs: 1,
        fault: { incident: { kind: 'failover', losesMs: random.whole(500, 1_500) } },
      },
    ],
  }),
};
