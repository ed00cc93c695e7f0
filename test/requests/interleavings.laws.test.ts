import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { RUNS } from '../laws.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import type { PausedCall } from './provider-control.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

/**
 * What can happen around two leases on one access: attempts to grant and to revoke that stop before or after their call reaches
 * the provider, locks that end meanwhile, processes that lose the ledger, a failover that lost the last lock, people who end their
 * access, and passes of the sweeper.
 */
type Step = Readonly<
  | { do: 'grant' | 'revoke'; of: 0 | 1; stop: 'before' | 'after' | 'nowhere' }
  | { do: 'fail'; of: 0 | 1; call: 'ensurePresent' | 'ensureAbsent' }
  | { do: 'end'; of: 0 | 1 }
  | { do: 'cut off' | 'go on' | 'lock ends' | 'failover' | 'sweep' }
>;

const of = fc.constantFrom<0 | 1>(0, 1);
const STEPS = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom<'grant' | 'revoke'>('grant', 'revoke'),
      of,
      stop: fc.constantFrom<'before' | 'after' | 'nowhere'>('before', 'after', 'nowhere'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      of,
      call: fc.constantFrom<'ensurePresent' | 'ensureAbsent'>('ensurePresent', 'ensureAbsent'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), of }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom<'cut off' | 'go on' | 'lock ends' | 'failover' | 'sweep'>(
        'cut off',
        'go on',
        'lock ends',
        'failover',
        'sweep',
      ),
    }),
  },
) as fc.Arbitrary<Step>;

/** An attempt that is not over. After `cutOff` it records nothing more, because the ledger does not answer it. */
type Running = Readonly<{ done: Promise<void>; paused: PausedCall | undefined; cutOff: () => void }>;

/** A world with two approved requests on one access: one needs `write`, the other `admin`. */
async function worldOf(fixture: RequestsFixture) {
  const requests: readonly RequestId[] = [
    await approvedWithoutWorkflow(fixture, { length: '8h' }),
    await approvedWithoutWorkflow(fixture, { length: '8h', entitlement: 'top' }),
  ];
  const running: Running[] = [];
  let clockMs = 0;
  const later = async (ms: number) => fixture.shiftClock((clockMs += ms));

  function start(step: Extract<Step, { do: 'grant' | 'revoke' }>): void {
    const request = requests[step.of] as RequestId;
    let isCutOff = false;
    const ledger = failing(fixture.ledger, () => isCutOff);
    const deps = { ...fixture.deps, ledger };
    const call = step.do === 'grant' ? 'ensurePresent' : 'ensureAbsent';
    const paused = step.stop === 'nowhere' ? undefined : fixture.providerControl.pauseNext(call, step.stop);
    const lease = firstLease(request);
    const work =
      step.do === 'grant'
        ? grantLease(deps, { lease, ...attempt })
        : revokeLease(deps, { lease, via: 'workflow', ...attempt });
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    running.push({ done, paused, cutOff: () => (isCutOff = true) });
  }

  return {
    requests,
    /** Does one step, as far as it goes while other attempts are stopped. */
    async take(step: Step): Promise<void> {
      switch (step.do) {
        case 'grant':
        case 'revoke': {
          start(step);
          const last = running.at(-1);
          // An attempt that waits for the lock of a stopped one goes on later.
          const others = running.slice(0, -1).flatMap(({ done }) => [done]);
          if (others.length === 0)
            await Promise.race([last?.done, ...(last?.paused ? [last.paused.reached] : [])]);
          return;
        }
        case 'fail': {
          const recover = fixture.providerControl.failFrom(step.call);
          await sweep(fixture.deps).catch(() => undefined);
          return recover();
        }
        case 'end':
          return void (await answered(fixture, requests[step.of] as RequestId, { kind: 'end', by: 'ana' }));
        case 'cut off':
          return running.find(({ paused }) => paused)?.cutOff();
        case 'go on':
          return running.find(({ paused }) => paused)?.paused?.release();
        case 'lock ends':
          return later(11_000);
        case 'failover':
          return void (await rowsOf(fixture.url, 'update provider_lock set owner = gen_random_uuid()'));
        case 'sweep':
          return void (await sweep(fixture.deps));
      }
    },
    /** Lets everything that was started come to its end, and gives the sweeper its time. */
    async comeToRest(): Promise<void> {
      for (let round = 0; round < 3; round += 1) {
        fixture.providerControl.releaseAll();
        await later(11_000);
        await Promise.all(running.map(({ done }) => done));
      }
      for (let pass = 0; pass < 8; pass += 1) {
        await later(20_000);
        await sweep(fixture.deps);
      }
      await later(12 * 60_000); // a grant that nobody finished fails
      for (let pass = 0; pass < 8; pass += 1) {
        await sweep(fixture.deps);
        await later(20_000);
      }
    },
  };
}

/** The ledger of a process that may not reach it any more. */
const failing = (ledger: Ledger, isCutOff: () => boolean): Ledger =>
  new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown =>
        isCutOff() ? Promise.reject(new Error('no connection')) : Reflect.apply(value, target, args);
    },
  });

/** What the account must have now: the highest level of its live leases. */
async function expectedLevel(fixture: RequestsFixture, requests: readonly RequestId[]): Promise<string> {
  const kinds = await Promise.all(requests.map(async (request) => (await fixture.state(request)).kind));
  expect(kinds.every((kind) => kind === 'active' || kind === 'closed')).toBe(true);
  if (kinds[1] === 'active') return 'admin';
  return kinds[0] === 'active' ? 'write' : 'none';
}

test('whatever order attempts, lost locks, late calls, lost connections and failovers come in, provider and ledger agree at rest (I1, I4, I5, I6, F01, F02, F05, F16)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEPS, { minLength: 3, maxLength: 12 }), async (steps) => {
      const fixture = await startRequestsFixture();
      try {
        const world = await worldOf(fixture);
        for (const step of steps) await world.take(step);
        await world.comeToRest();
        expect(fixture.levelOf()).toBe(await expectedLevel(fixture, world.requests));
      } finally {
        fixture.providerControl.releaseAll();
        await fixture.stop();
      }
    }),
    { numRuns: Math.ceil(RUNS / 20), endOnFailure: true },
  );
}, 600_000);
