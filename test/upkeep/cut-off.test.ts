import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CutOff, Provider } from '../../providers/provider.ts';
import { cutOffMassEndings } from '../../upkeep/cut-off.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow, granted } from '../requests/steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(() => fixture.stop());

async function live(entitlement = 'thing'): Promise<string> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return firstLease(request);
}

/** The dependencies, with a provider that cuts off, and what it was asked to. */
function cutting(cutOff: () => Promise<Awaited<ReturnType<NonNullable<Provider['cutOff']>>>>) {
  const asked: CutOff<unknown>[] = [];
  const fake = fixture.deps.providers.get('fake') as Provider;
  const providers = new Map([
    ...fixture.deps.providers,
    ['fake', { ...fake, cutOff: (cut: CutOff<unknown>) => (asked.push(cut), cutOff()) } as Provider],
  ]);
  return { deps: { ...fixture.deps, providers }, asked };
}

test('under a lock, what is granted and not revoked yet is cut off once at each provider that can do that', async () => {
  const lease = await live();
  await approvedWithoutWorkflow(fixture, { entitlement: 'other' }); // Nothing was written to its provider.
  await live('login'); // Its provider cuts off nothing.
  const { deps, asked } = cutting(() => Promise.resolve({ seen: 'all of it', toUndo: ['Activate key 1.'] }));
  const { massEnding } = await endedAll(fixture, ana);
  expect(await cutOffMassEndings(deps)).toEqual(['fake: all of it']);
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(asked).toMatchObject([{ wholeAccount: true, leases: [{ lease, level: 'none' }] }]);
  expect((await fixture.ledger.massEndingProgress(massEnding)).cutOffs).toEqual([
    { provider: 'fake', seen: 'all of it', toUndo: ['Activate key 1.'] },
  ]);
});

test('a call that fails is recorded and not repeated, because the revocation of each lease follows in any case', async () => {
  await live();
  const { deps } = cutting(() => Promise.reject(new Error('no answer')));
  const { massEnding } = await endedAll(fixture, { kind: 'entitlement', entitlement: 'thing' });
  expect(await cutOffMassEndings(deps)).toEqual(['fake: it failed: no answer']);
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(await fixture.ledger.readCutOffs(massEnding)).toHaveLength(1);
});

test('nothing is cut off for a person who ends what is their own', async () => {
  await live();
  const { deps, asked } = cutting(() => Promise.resolve(undefined));
  await endedAll(fixture, ana, 'ana');
  expect(await cutOffMassEndings(deps)).toEqual([]);
  expect(asked).toEqual([]);
});
