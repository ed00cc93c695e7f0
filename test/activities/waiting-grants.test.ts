import { describe, expect, test } from '@jest/globals';
import { openWaitingGrants } from '../../activities/waiting-grants.ts';
import { Fault, type FaultCode } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';

/** Grants of one process, and what each attempt that is made comes to. */
function open({ serverOf }: { serverOf?: (lease: LeaseId) => string } = {}) {
  let at = 1_000_000;
  let outcome: (lease: LeaseId) => FaultCode | undefined = () => undefined;
  const tried: { lease: LeaseId; at: number }[] = [];
  const waiting = openWaitingGrants(() => at);
  /** Makes an attempt. Resolves with the fault, or with undefined when it was granted. */
  const attempt = (lease: string, provider = 'aws'): Promise<Fault | undefined> =>
    waiting
      .attempt({ lease: lease as LeaseId, provider }, () => {
        tried.push({ lease: lease as LeaseId, at });
        const fault = outcome(lease as LeaseId);
        return fault === undefined
          ? Promise.resolve(undefined)
          : Promise.reject(
              Object.assign(
                new Fault(fault, 'x', { retryAfterMs: 500 }),
                serverOf && { server: serverOf(lease as LeaseId) },
              ),
            );
      })
      .catch((error: unknown) => error as Fault);
  return {
    tried,
    attempt,
    pass: (ms: number) => void (at += ms),
    now: () => at,
    comesTo: (next: typeof outcome) => void (outcome = next),
  };
}

const leases = Array.from({ length: 1_000 }, (_, index) => `lease_${index}`);

test.each<FaultCode>([
  'log-behind',
  'quarantine',
  'manifest-unavailable',
  'provider-unavailable',
  'ledger-unavailable',
])(
  '1,000 grants that wait for %s: one in five seconds is tried, and all are granted within 25 seconds after the wait is over (I25, F31)',
  async (fault) => {
    const world = open();
    world.comesTo(() => fault);
    const nextAt = new Map<string, number>();
    const granted = new Set<string>();
    /** What Temporal does: makes each attempt again after the wait that its failure states. */
    const runFor = async (ms: number) => {
      const end = world.now() + ms;
      for (; world.now() < end; world.pass(20))
        for (const lease of leases) {
          if (granted.has(lease) || (nextAt.get(lease) ?? 0) > world.now()) continue;
          const failed = await world.attempt(lease);
          if (failed) nextAt.set(lease, world.now() + (failed.retryAfterMs ?? 0));
          else granted.add(lease);
        }
    };
    await runFor(30_000); // Each is tried once by itself, and its requester reads for what it waits.
    const first = world.tried.length;
    await runFor(120_000);
    expect(world.tried.length - first).toBeLessThanOrEqual(120 / 5 + 1);
    world.comesTo(() => undefined);
    await runFor(25_000);
    expect(granted.size).toBe(1_000);
  },
);

describe('a grant that waits', () => {
  test('alone is tried again after half a second', async () => {
    const world = open();
    world.comesTo(() => 'log-behind');
    await world.attempt('one');
    world.pass(499);
    expect(await world.attempt('one')).toMatchObject({ code: 'log-behind', retryAfterMs: 500 });
    world.pass(1);
    await world.attempt('one');
    expect(world.tried).toHaveLength(2);
  });

  test.each<[string, FaultCode, boolean]>([
    ['for its own account', 'not-verified', true],
    ['for its person', 'awaiting-person', true],
    ['for its turn at the vendor', 'provider-throttled', true],
    ['for the log', 'log-behind', false],
  ])('%s: it keeps no other grant from its attempt: %s', async (_what, fault, isTried) => {
    const world = open();
    world.comesTo(() => fault);
    await world.attempt('one');
    await world.attempt('two');
    await world.attempt('one');
    expect(world.tried).toHaveLength(isTried ? 3 : 2);
  });

  test('never keeps a first attempt from being made', async () => {
    const world = open();
    world.comesTo(() => 'provider-unavailable');
    for (const lease of ['one', 'two', 'three']) await world.attempt(lease);
    expect(world.tried).toHaveLength(3);
  });

  test('for one provider does not wait for the attempt at another one', async () => {
    const world = open();
    world.comesTo((lease) => (lease.startsWith('aws') ? 'provider-unavailable' : undefined));
    for (const lease of ['aws_1', 'aws_2']) await world.attempt(lease, 'aws');
    expect(await world.attempt('github_1', 'github')).toBeUndefined();
    world.comesTo(() => 'provider-unavailable');
    await world.attempt('github_2', 'github');
    world.pass(10_000);
    world.comesTo((lease) => (lease.startsWith('aws') ? 'provider-unavailable' : undefined));
    await world.attempt('aws_1', 'aws');
    expect(await world.attempt('github_2', 'github')).toBeUndefined();
    expect(await world.attempt('aws_2', 'aws')).toMatchObject({ code: 'provider-unavailable' });
  });

  test('for one server of a provider does not wait for another one that answers again', async () => {
    const at = (lease: LeaseId) => (lease.startsWith('orders') ? 'db1:5432' : 'db2:5432');
    const world = open({ serverOf: at });
    world.comesTo(() => 'provider-unavailable');
    for (let lease = 0; lease < 300; lease += 1) await world.attempt(`orders_${lease}`);
    await world.attempt('bills');
    world.pass(500);
    world.comesTo((lease) => (lease === 'bills' ? undefined : 'provider-unavailable'));
    await world.attempt('orders_0');
    expect(await world.attempt('bills')).toBeUndefined();
  });

  test.each<[string, FaultCode | undefined, boolean]>([
    ['that is granted', undefined, true],
    ['that now waits for its turn', 'provider-throttled', true],
    ['that fails for good', 'provider-refused', true],
    ['that ended', 'superseded', false],
    ['that still waits', 'log-behind', false],
  ])('one %s ends the wait of the others: %s', async (_what, fault, isOver) => {
    const world = open();
    world.comesTo(() => 'log-behind');
    for (const lease of ['one', 'two', 'three']) await world.attempt(lease);
    world.pass(10_000);
    world.comesTo(() => fault);
    await world.attempt('one');
    const before = world.tried.length;
    for (const lease of ['two', 'three']) await world.attempt(lease);
    expect(world.tried.length - before).toBe(isOver ? 2 : 0);
  });

  test('and does not come back for ten minutes is counted no more', async () => {
    const world = open();
    world.comesTo(() => 'log-behind');
    for (const lease of leases) await world.attempt(lease);
    world.pass(700_000);
    await world.attempt('lease_0');
    expect(await world.attempt('lease_0')).toMatchObject({ retryAfterMs: 500 });
  });

  test('and comes back without being tried still waits', async () => {
    const world = open();
    world.comesTo(() => 'log-behind');
    for (let time = 0; time < 3; time += 1) {
      for (const lease of ['one', 'two']) await world.attempt(lease);
      world.pass(350_000);
    }
    expect(world.tried.map(({ lease }) => lease)).toEqual(['one', 'two', 'one', 'one']);
  });
});
