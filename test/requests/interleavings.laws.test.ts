import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { runUpkeep, revokeOverdue, sweep } from '../../upkeep/sweep.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { holdsOnServers } from '../laws.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

/**
 * What can happen around leases on one access: attempts to grant and to revoke that stop before or after their call reaches
 * the provider, locks that end meanwhile, processes that lose the ledger, a failover that lost the last lock,
 * and passes of the sweeper.
 */
type Step = Readonly<
  | { do: 'grant' | 'revoke'; of: number; stop: 'before' | 'after' | 'nowhere' }
  | { do: 'fail'; call: 'ensurePresent' | 'ensureAbsent' }
  | { do: 'cut off' | 'go on' | 'lock ends' | 'failover' | 'sweep' }
>;

const HOW_MANY = 3;
const just = <T extends Step['do']>(step: T) => fc.record({ do: fc.constant(step) });
const attemptTo = (what: 'grant' | 'revoke') =>
  fc.record({
    do: fc.constant(what),
    of: fc.nat(HOW_MANY - 1),
    stop: fc.constantFrom<'before' | 'after' | 'nowhere'>('before', 'after', 'nowhere'),
  });
/** Most attempts that stop lose their lock, because nothing else can happen on that access before. */
const STEPS = fc.oneof(
  { weight: 6, arbitrary: attemptTo('grant') },
  { weight: 4, arbitrary: attemptTo('revoke') },
  { weight: 6, arbitrary: just('lock ends') },
  { weight: 3, arbitrary: just('go on') },
  { weight: 1, arbitrary: just('failover') },
  { weight: 1, arbitrary: just('cut off') },
  { weight: 1, arbitrary: just('sweep') },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      call: fc.constantFrom<'ensurePresent' | 'ensureAbsent'>('ensurePresent', 'ensureAbsent'),
    }),
  },
) as fc.Arbitrary<Step>;

/** An attempt. It stops once at its call to the provider, until `goOn`. After `cutOff` the ledger does not answer it. */
type Running = {
  stands: 'moving' | 'stopped' | 'over';
  /** While it stops, nobody else gets the lock, until the lock ends. */
  hasLock: boolean;
  goOn: () => void;
  cutOff: () => void;
};

/** A world with approved requests on one access. The last one needs the highest level. */
async function worldOf(fixture: RequestsFixture) {
  const requests: readonly RequestId[] = [
    await approvedWithoutWorkflow(fixture, { length: '8h' }),
    await approvedWithoutWorkflow(fixture, { length: '8h' }),
    await approvedWithoutWorkflow(fixture, { length: '8h', entitlement: 'top' }),
  ];
  const attempts: Running[] = [];
  let clockMs = 0;
  const later = async (ms: number) => fixture.shiftClock((clockMs += ms));

  function start({ do: what, of: which, stop }: Extract<Step, { do: 'grant' | 'revoke' }>): void {
    let isCutOff = false;
    let goOn = (): void => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const running: Running = { stands: 'moving', hasLock: false, goOn, cutOff: () => (isCutOff = true) };
    const stopAt = async (side: 'before' | 'after') => {
      if (stop !== side) return;
      Object.assign(running, { stands: 'stopped', hasLock: true });
      await released;
      running.stands = 'moving';
    };
    const { provider } = fixture.providerControl;
    const stopping =
      (call: 'ensurePresent' | 'ensureAbsent') =>
      async (...args: Parameters<typeof provider.ensurePresent>) => {
        await stopAt('before');
        const receipt = await provider[call](...args);
        await stopAt('after');
        return receipt;
      };
    const fake = {
      ...provider,
      ensurePresent: stopping('ensurePresent'),
      ensureAbsent: stopping('ensureAbsent'),
    };
    const ledger = failing(fixture.ledger, () => isCutOff);
    const deps = { ...fixture.deps, ledger, providers: new Map([['fake', fake]]) };
    const lease = firstLease(requests[which] as RequestId);
    const work =
      what === 'grant'
        ? grantLease(deps, { lease, ...attempt })
        : revokeLease(deps, { lease, via: 'workflow', ...attempt });
    const end = () => void (running.stands = 'over');
    work.then(end, end);
    attempts.push(running);
  }

  const stopped = () => attempts.find(({ stands }) => stands === 'stopped');
  /** Waits until every attempt is over, stopped, or waits for the lock of a stopped one. */
  const standStill = () =>
    until('the attempts stand still', () =>
      attempts.some(({ stands, hasLock }) => stands === 'stopped' && hasLock)
        ? !attempts.some(({ stands, hasLock }) => stands === 'moving' && hasLock)
        : attempts.every(({ stands }) => stands !== 'moving'),
    );

  async function take(step: Step): Promise<void> {
    switch (step.do) {
      case 'revoke':
        await answered(fixture, requests[step.of] as RequestId, { kind: 'end', by: 'ana' });
        return start(step);
      case 'grant':
        return start(step);
      case 'fail': {
        const recover = fixture.providerControl.failFrom(step.call);
        await revokeOverdue(fixture.deps);
        return recover();
      }
      case 'cut off':
        return stopped()?.cutOff();
      case 'go on':
        return stopped()?.goOn();
      case 'lock ends':
        for (const each of attempts) each.hasLock = false;
        return later(11_000);
      case 'failover':
        for (const each of attempts) each.hasLock = false;
        return void (await rowsOf(
          fixture.url,
          `update provider_lock set owner = gen_random_uuid(), ends_at = '-infinity'`,
        ));
      case 'sweep':
        return void (await runUpkeep(fixture.deps));
    }
  }

  return {
    requests,
    /** Does one step, as far as it goes while other attempts are stopped. */
    async take(step: Step): Promise<void> {
      await take(step);
      await standStill();
    },
    /** Lets everything that was started come to its end, and gives the sweeper its time. */
    async comeToRest(): Promise<void> {
      for (const each of attempts) each.goOn();
      await until('every attempt is over', () => attempts.every(({ stands }) => stands === 'over'));
      for (let pass = 0; pass < 6; pass += 1) {
        await later(16_000);
        await sweep(fixture.deps);
      }
      await later(12 * 60_000); // a grant that nobody finished fails
      for (let pass = 0; pass < 3; pass += 1) {
        await sweep(fixture.deps);
        await later(16_000);
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
  if (kinds.at(-1) === 'active') return 'admin';
  return kinds.includes('active') ? 'write' : 'none';
}

holdsOnServers(
  'whatever order attempts, lost locks, late calls, lost connections and failovers come in, provider and ledger agree at rest (I1, I4, I5, I6, F01, F02, F05, F16)',
  fc.array(STEPS, { minLength: 6, maxLength: 16 }),
  async (steps) => {
    const fixture = await startRequestsFixture();
    try {
      const world = await worldOf(fixture);
      for (const step of steps) await world.take(step);
      await world.comeToRest();
      expect(fixture.levelOf()).toBe(await expectedLevel(fixture, world.requests));
    } finally {
      await fixture.stop();
    }
  },
);
