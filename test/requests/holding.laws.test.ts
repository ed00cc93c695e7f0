import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { RequestId } from '../../core/ids.ts';
import { fakeApi } from '../../providers/fake/api.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { holdsOnServers } from '../laws.fixture.ts';
import { newRequest, rowsOf } from '../ledger/ledger.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from './steps.fixture.ts';

const LADDER = ['none', 'read', 'write', 'admin'] as const;
type Level = (typeof LADDER)[number];
const ENTITLEMENTS = { read: 'look', write: 'thing', admin: 'top' } as const;
type Granted = keyof typeof ENTITLEMENTS;

/** What goes wrong in the first attempt of a step: its answer is lost, or its process is killed before it has the answer. */
type Fails = 'no' | 'lost answer' | 'crash';
/** What can happen to one access: leases begin and end, attempts fail, and a person changes it by hand. */
type Step = Readonly<
  | { do: 'grant'; level: Granted; fails: Fails }
  | { do: 'end'; of: number; fails: Fails }
  | { do: 'by hand'; level: Level }
>;

const fails = fc.constantFrom<Fails>('no', 'no', 'no', 'no', 'lost answer', 'crash');
const STEPS = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      level: fc.constantFrom<Granted>('read', 'write', 'admin'),
      fails,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('end' as const), of: fc.nat(9), fails }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('by hand' as const), level: fc.constantFrom(...LADDER) }),
  },
) as fc.Arbitrary<Step>;

const rank = (level: Level): number => LADDER.indexOf(level);
const highest = (levels: readonly Level[]): Level => LADDER[Math.max(0, ...levels.map(rank))] ?? 'none';
const lower = (one: Level, other: Level): Level => (rank(one) < rank(other) ? one : other);

type Live = { request: RequestId; level: Granted; cap?: Level };

/** What somebody left of a lease. */
const left = ({ level, cap = level }: Live): Level => lower(level, cap);

/** What the access must be, step by step, in the words of docs/decisions: prior state, live leases, changes by hand. */
class Model {
  shown: Level;
  prior: Level = 'none';
  live: Live[] = [];
  /** The levels of all leases since the first one of these. */
  given: Level[] = [];
  /** How many changes by hand the trail must name. */
  drifts = 0;
  /** True when nobody changed the access by hand since the first lease. */
  isOurs = true;

  constructor(shown: Level) {
    this.shown = shown;
  }

  private expected = (except?: Live): Level =>
    highest([this.prior, ...this.live.filter((each) => each !== except).map(left)]);

  grant(request: RequestId, level: Granted): void {
    if (this.live.length === 0) Object.assign(this, { prior: this.shown, given: [], isOurs: true });
    else this.drift(this.expected(), this.live);
    this.lowerPrior(); // The new lease gave nothing yet, so what shows cannot be of it.
    this.given.push(level);
    this.live.push({ request, level });
    this.shown = highest([this.shown, ...this.live.map(left)]);
  }

  /** What somebody lowered is not given again at the end. When a lease gives just that, it may be the lease's. */
  private lowerPrior(): void {
    if (rank(this.shown) < rank(this.prior))
      this.prior = this.given.includes(this.shown) ? 'none' : this.shown;
  }

  /** What was lowered concerns the leases that gave more than what is left, and what was raised concerns all. */
  private drift(expected: Level, leases: readonly Live[]): void {
    const isRaised = rank(this.shown) > rank(expected);
    for (const each of this.shown === expected ? [] : leases)
      if (isRaised ? each.cap !== this.shown : rank(left(each)) > rank(this.shown)) {
        each.cap = this.shown;
        this.drifts += 1;
      }
  }

  /** While the access is in doubt, nobody knows who lowered it. Then each lease gets what it gives, and the trail says so. */
  settle(): void {
    if (this.live.length > 0) this.lowerPrior();
    this.shown = highest([this.shown, ...this.live.map(left)]);
  }

  end(ended: Live): void {
    const others = this.live.filter((each) => each !== ended);
    if (rank(this.shown) < rank(this.expected())) this.drift(this.expected(), others);
    this.shown = lower(this.shown, this.expected(ended));
    this.live = this.live.filter((each) => each !== ended);
  }
}

/** A process that is killed leaves its lock as it is, until it ends. */
const leaveLock = (fixture: RequestsFixture) =>
  rowsOf(fixture.url, `update provider_lock set ends_at = ledger_now() + interval '10 seconds'`);

async function play(fixture: RequestsFixture, before: Level, steps: readonly Step[]): Promise<Model> {
  fixture.vendor.setLevel('ana', 'thing', before);
  const model = new Model(before);
  let clockMs = 0;
  /** Waits until no change can come any more, and lets the sweeper look. */
  const settle = async () => {
    await fixture.shiftClock((clockMs += 61_000));
    await sweep(fixture.deps);
    model.settle();
  };
  /** Does a step. When its first attempt fails, the step is tried again. A step that writes nothing cannot lose an answer. */
  const attempted = async (how: Fails, work: () => Promise<unknown>): Promise<Fails> => {
    if (how === 'no') return work().then(() => 'no');
    const fault = fixture.vendor.setFault({ kind: 'lose-answer' }, 'write');
    const error: unknown = await work().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!fixture.vendor.isApplied(fault)) {
      expect(error).toBeUndefined();
      await fakeApi(fixture.vendor, Date.now)
        .unmark(firstLease(newRequest()), neverAborts)
        .catch(() => undefined);
      return 'no';
    }
    expect(error).toMatchObject({ code: 'provider-unavailable' });
    if (how === 'crash') {
      await leaveLock(fixture);
      await fixture.shiftClock((clockMs += 11_000));
    }
    await work();
    return how;
  };
  for (const each of steps) {
    let failed: Fails = 'no';
    if (each.do === 'by hand') {
      fixture.vendor.setLevel('ana', 'thing', each.level);
      model.shown = each.level;
      model.isOurs = false;
    } else if (each.do === 'grant') {
      const request = await approvedWithoutWorkflow(fixture, {
        entitlement: ENTITLEMENTS[each.level],
        length: '8h',
      });
      failed = await attempted(each.fails, () => granted(fixture, request));
      model.grant(request, each.level);
    } else {
      const ended = model.live[each.of % Math.max(model.live.length, 1)];
      if (!ended) continue;
      await answered(fixture, ended.request, { kind: 'end', by: 'ana' });
      failed = await attempted(each.fails, () => revoked(fixture, ended.request));
      model.end(ended);
    }
    expect(fixture.levelOf()).toBe(model.shown);
    if (failed !== 'no') await settle();
    expect(fixture.levelOf()).toBe(model.shown);
  }
  return model;
}

holdsOnServers(
  'whatever leases begin and end, and whatever somebody changes by hand, the access is what leases, prior state and that person say, and the last end restores the prior state (I1, I5, I6, I22, B15, B16)',
  fc.tuple(fc.constantFrom<Level>('none', 'read', 'admin'), fc.array(STEPS, { minLength: 3, maxLength: 10 })),
  async ([before, steps]) => {
    const fixture = await startRequestsFixture();
    try {
      const model = await play(fixture, before, steps);
      const { prior, isOurs } = model;
      const hadLeases = model.live.length > 0;
      for (const ended of model.live) {
        await answered(fixture, ended.request, { kind: 'end', by: 'ana' });
        await revoked(fixture, ended.request);
        model.end(ended);
        expect(fixture.levelOf()).toBe(model.shown);
      }
      const named = await rowsOf(fixture.url, `select from event where kind = 'drifted'`);
      expect(named).toHaveLength(model.drifts);
      if (hadLeases && isOurs) expect(fixture.levelOf()).toBe(prior);
      if (hadLeases) expect(rank(fixture.levelOf() as Level)).toBeLessThanOrEqual(rank(prior));
    } finally {
      await fixture.stop();
    }
  },
);
