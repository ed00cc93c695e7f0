import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { CutOff, Provider } from '../../providers/provider.ts';
import { cutOffMassEndings } from '../../upkeep/cut-off.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow, granted, revoked } from '../requests/steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(() => fixture.stop());

async function liveRequest(entitlement = 'thing'): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
}
const live = async (entitlement?: string): Promise<string> => firstLease(await liveRequest(entitlement));

/** The dependencies, with a provider that cuts off, and what it was asked to. */
function cutting(
  cutOff: (cut: CutOff<unknown>) => Promise<Awaited<ReturnType<NonNullable<Provider['cutOff']>>>>,
  cutsOff: Provider['cutsOff'] = 'leases',
) {
  const asked: CutOff<unknown>[] = [];
  const fake = fixture.deps.providers.get('fake') as Provider;
  const providers = new Map([
    ...fixture.deps.providers,
    [
      'fake',
      { ...fake, cutsOff, cutOff: (cut: CutOff<unknown>) => (asked.push(cut), cutOff(cut)) } as Provider,
    ],
  ]);
  return { deps: { ...fixture.deps, providers }, asked };
}

test('under a lock, what is granted and not revoked yet is cut off once at each provider that can do that', async () => {
  const lease = await live();
  await approvedWithoutWorkflow(fixture, { entitlement: 'other' }); // Nothing was written to its provider.
  await live('login'); // Its provider cuts off nothing.
  const { deps, asked } = cutting(async ({ beforeChange }) => {
    await beforeChange(['Activate key 1.']);
    return { seen: 'all of it', again: [] };
  });
  const { massEnding } = await endedAll(fixture, ana);
  expect(await cutOffMassEndings(deps)).toEqual(['fake: all of it']);
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(asked).toMatchObject([{ wholeAccount: true, leases: [{ lease, level: 'none' }] }]);
  expect((await fixture.ledger.massEndingProgress(massEnding)).cutOffs).toEqual([
    { provider: 'fake', seen: 'all of it', toUndo: ['Activate key 1.'] },
  ]);
});

test('of three requests that ended, the progress counts those that were granted, and says how long a session can continue', async () => {
  const [residual, closed] = [await liveRequest(), await liveRequest('other')];
  const never = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
  const residualMs = (request: RequestId, ms: number) =>
    rowsOf(
      fixture.url,
      `update request set shown = jsonb_set(shown, '{targets,0,residualMs}', '${ms}') where id = '${request}'`,
    );
  await residualMs(residual, 3_600_000);
  await residualMs(never, 7_200_000);
  const { massEnding } = await endedAll(fixture, ana);
  for (const request of [residual, closed, never]) await revoked(fixture, request);
  const revokedAt = await fixture.ledger.now();
  const progress = await fixture.ledger.massEndingProgress(massEnding);
  expect(progress).toMatchObject({ scope: ana, left: 0, ended: 3, over: 3, granted: 2, unconfirmed: 0 });
  expect(progress.sessions).toEqual([{ provider: 'fake', until: expect.any(Number) }]);
  const until = progress.sessions[0]?.until ?? 0;
  expect(until).toBeLessThanOrEqual(revokedAt + 3_600_000);
  expect(until).toBeGreaterThan(revokedAt);
});

test('what somebody must undo is known when the process dies during the call, or the answer is lost (I2, F01)', async () => {
  await live();
  const { deps } = cutting(async ({ beforeChange }) => {
    await beforeChange(['Activate key 1.']);
    throw new Error('no answer');
  });
  const { massEnding } = await endedAll(fixture, ana);
  const lost = {
    ...fixture.ledger,
    writeCutOff: (...[id, step]: Parameters<typeof fixture.ledger.writeCutOff>) =>
      step.again.length > 0 ? Promise.reject(new Error('killed')) : fixture.ledger.writeCutOff(id, step),
  };
  await expect(cutOffMassEndings({ ...deps, ledger: lost })).rejects.toThrow('killed');
  expect(await fixture.ledger.readCutOffs(massEnding)).toMatchObject([
    { seen: expect.stringContaining('not known'), toUndo: ['Activate key 1.'] },
  ]);
  expect(await cutOffMassEndings(deps)).toEqual(['fake: it failed: no answer']);
  expect(await fixture.ledger.readCutOffs(massEnding)).toEqual([
    { provider: 'fake', seen: 'it failed: no answer', toUndo: ['Activate key 1.'] },
  ]);
});

test('what was ended after the first cut is cut off too, and what failed is tried again after half a minute', async () => {
  const [first, second] = [await live(), await live('other')];
  const failing = new Set([first]);
  const { deps, asked } = cutting(({ leases }) =>
    Promise.resolve({
      seen: `${leases.length} tried`,
      again: leases.map(({ lease }) => lease).filter((lease) => failing.has(lease)),
    }),
  );
  await endedAll(fixture, ana);
  const late = {
    ...fixture.ledger,
    leasesToCutOff: async (...given: Parameters<typeof fixture.ledger.leasesToCutOff>) =>
      (await fixture.ledger.leasesToCutOff(...given)).filter(({ id }) => id === first),
  };
  await cutOffMassEndings({ ...deps, ledger: late });
  await cutOffMassEndings(deps);
  failing.clear();
  await cutOffMassEndings(deps);
  expect(asked.map(({ leases }) => leases.map(({ lease }) => lease))).toEqual([[first], [second]]);
  await fixture.shiftClock(31_000);
  await cutOffMassEndings(deps);
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(asked.slice(2)).toMatchObject([{ leases: [{ lease: first }] }]);
});

test.each([
  [
    'an account is cut off although the lease has its receipt, and again every half minute for ten minutes',
    'accounts',
    [1, 0, 1, 0],
  ],
  ['a lease that has its receipt is not cut off', 'leases', [0, 0, 0, 0]],
] as const)('%s', async (_title, cutsOff, times) => {
  const request = await liveRequest();
  const { deps, asked } = cutting(
    ({ leases }) => Promise.resolve({ seen: 'all of it', again: leases.map(({ lease }) => lease) }),
    cutsOff,
  );
  await endedAll(fixture, ana);
  await revoked(fixture, request);
  const after = async (ms: number): Promise<number> => {
    const from = asked.length;
    if (ms > 0) await fixture.shiftClock(ms);
    await cutOffMassEndings(deps);
    return asked.length - from;
  };
  expect([await after(0), await after(0), await after(31_000), await after(600_000)]).toEqual(times);
});

test('where an entitlement ends, whole accounts are not cut off, because its people have other access too', async () => {
  const lease = await live();
  const { deps, asked } = cutting(() => Promise.resolve({ seen: 'all of it', again: [] }), 'accounts');
  await endedAll(fixture, { kind: 'entitlement', entitlement: 'thing' });
  await cutOffMassEndings(deps);
  expect(asked).toMatchObject([{ wholeAccount: false, leases: [{ lease }] }]);
});

test('nothing is cut off for a person who ends what is their own', async () => {
  await live();
  const { deps, asked } = cutting(() => Promise.resolve(undefined));
  await endedAll(fixture, ana, 'ana');
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(asked).toEqual([]);
});
