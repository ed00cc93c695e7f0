import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { LADDER, type FakeLevel } from '../../providers/fake/log.ts';
import { isComplete } from '../../reaper/report.ts';
import { holdsAsync } from '../laws.fixture.ts';
import { foreign } from '../manifest/manifest.fixture.ts';
import { leaseOf, secondsAfterNoon, world } from './reaper.fixture.ts';

const NOW = secondsAfterNoon(0);
const GRANTED = ['read', 'write', 'admin'] as const;
/** Seconds until the end, seen from the pass. At -30 the 30 s are just over. */
const ENDS = [-3_600, -31, -30, -29, -1, 0, 1, 3_600] as const;

/** One lease of ana at one resource. What has not ended is known to the vendor and to the manifest. */
type Given = Readonly<{
  level: (typeof GRANTED)[number];
  ends: number;
  known: 'both' | 'only the vendor' | 'only the manifest' | 'nobody';
  /** An entry that somebody else signed, which says that the lease has ended. */
  forged: boolean;
}>;

const LEASES = fc.array(
  fc.record({
    level: fc.constantFrom(...GRANTED),
    ends: fc.constantFrom(...ENDS),
    known: fc.constantFrom('both', 'only the vendor', 'only the manifest', 'nobody'),
    forged: fc.boolean(),
  }) as fc.Arbitrary<Given>,
  { maxLength: 5 },
);
const HOLDINGS = fc.record({
  orders: LEASES,
  billing: LEASES,
  prior: fc.record({ orders: fc.constantFrom(...LADDER), billing: fc.constantFrom(...LADDER) }),
  faults: fc.array(fc.constantFrom('throttle', 'refuse-connection', 'lose-answer'), { maxLength: 3 }),
});

const highest = (levels: readonly FakeLevel[]): FakeLevel =>
  LADDER[Math.max(0, ...levels.map((level) => LADDER.indexOf(level)))] ?? 'none';
const isLive = ({ ends }: Given): boolean => ends > 0;
const isDue = ({ ends }: Given): boolean => ends <= -30;

holdsAsync(
  'nothing is removed before 30 s after an end, nothing above what remains is left after it, and standing access stays (F07, I3, I5, I6)',
  HOLDINGS,
  async ({ prior, faults, ...leases }) => {
    const all = world({ now: NOW });
    for (const resource of ['orders', 'billing'] as const) {
      const unmarked: (() => void)[] = [];
      all.vendor.setLevel('ana', resource, prior[resource]);
      for (const given of leases[resource]) {
        const lease = leaseOf({ resource, level: given.level, endsAt: secondsAfterNoon(given.ends) });
        const known = isLive(given) ? 'both' : given.known;
        await all.grant(lease);
        if (known === 'both' || known === 'only the manifest')
          await all.write(lease, { prior: prior[resource] });
        if (known === 'only the manifest' || known === 'nobody') unmarked.push(() => all.unmark(lease));
        if (given.forged) await all.write(lease, { endsAt: 0 as Instant, prior: 'none' }, foreign);
      }
      for (const unmark of unmarked) unmark();
    }
    const before = {
      orders: all.vendor.levelOf('ana', 'orders'),
      billing: all.vendor.levelOf('ana', 'billing'),
    };
    for (const kind of faults) all.vendor.setFault({ kind });
    const report = await all.reap();
    for (const resource of ['orders', 'billing'] as const) {
      const given = leases[resource];
      const remaining = highest([prior[resource], ...given.filter(isLive).map(({ level }) => level)]);
      const isEnded = given.some((each) => isDue(each) && each.known !== 'nobody');
      const unseen = report.unread.some((sentence) => sentence.includes('could not be listed'));
      if (!unseen || !isEnded)
        expect([resource, all.vendor.levelOf('ana', resource)]).toEqual([
          resource,
          isEnded ? remaining : before[resource],
        ]);
      else
        expect(LADDER.indexOf(all.vendor.levelOf('ana', resource))).toBeGreaterThanOrEqual(
          LADDER.indexOf(remaining),
        );
    }
    if (
      Object.values(leases)
        .flat()
        .some(({ forged }) => forged)
    )
      expect(isComplete(report)).toBe(false);
  },
);
