import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyDoubtfulAccesses } from '../../upkeep/verify-accesses.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  granted,
  killedGrant,
  revoked,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

/** Ends the request. Returns what the account had until then, and what it has afterwards. */
async function untilEnded(request: Awaited<ReturnType<typeof approvedWithoutWorkflow>>): Promise<string[]> {
  const during = fixture.levelOf();
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
  return [during, fixture.levelOf()];
}

/** A grant of `write` whose first attempt is not recorded. */
async function unansweredGrant() {
  const request = await approvedWithoutWorkflow(fixture);
  await killedGrant(fixture, request);
  return request;
}

test.each(['admin', 'write'] as const)(
  'a repeated grant gives what was approved, and its end leaves nothing, when somebody revoked the %s that was there before (I5, I9)',
  async (before) => {
    fixture.vendor.setLevel('ana', 'thing', before);
    const request = await unansweredGrant();
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await granted(fixture, request);
    expect(await untilEnded(request)).toEqual(['write', 'none']);
  },
);

test('a repeated grant keeps as prior state what somebody left of it (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const request = await unansweredGrant();
  fixture.vendor.setLevel('ana', 'thing', 'read');
  await granted(fixture, request);
  expect(await untilEnded(request)).toEqual(['write', 'read']);
});

test('a repeated grant keeps no prior state that may be its own write (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const request = await unansweredGrant();
  fixture.vendor.setLevel('ana', 'thing', 'write'); // by an attempt whose answer is lost, after somebody revoked the rest
  await granted(fixture, request);
  expect(await untilEnded(request)).toEqual(['write', 'none']);
});

test('a second lease keeps no prior state that a first lease gives (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const one = await approvedWithoutWorkflow(fixture, {}, ['bo']);
  await granted(fixture, one);
  fixture.vendor.setLevel('ana', 'thing', 'write');
  const two = await approvedWithoutWorkflow(fixture, {}, ['bo']);
  await granted(fixture, two);
  expect(await untilEnded(one)).toEqual(['write', 'write']);
  expect(await untilEnded(two)).toEqual(['write', 'none']);
});

/** The dependencies, with a provider that refuses every account. It shows the level of each, or none. */
function refusing(shown?: string) {
  const provider = fixture.deps.providers.get('fake');
  if (!provider) throw new Error('no provider');
  const observe: typeof provider.observe = async (...args) => {
    const seen = await provider.observe(...args);
    return { ...seen, level: shown ?? seen.level, refusal: 'fake: ana owns everything' };
  };
  return { ...fixture.deps, providers: new Map([['fake', { ...provider, observe }]]) };
}

describe('an account for which nothing can be granted', () => {
  const refused = { code: 'provider-refused', message: 'provider-refused: fake: ana owns everything' };

  test('gets nothing, and its request fails with the reason', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(grantLease(refusing(), { lease: firstLease(request), ...attempt })).rejects.toMatchObject(
      refused,
    );
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'grant-failed' },
    });
  });

  test('fails also a repeated grant, whose end leaves what was there before (I5)', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await unansweredGrant();
    const again = grantLease(refusing('none'), { lease: firstLease(request), ...attempt });
    await expect(again).rejects.toMatchObject(refused);
    expect(await fixture.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'grant-failed' },
    });
    await revoked(fixture, request);
    expect(fixture.levelOf()).toBe('read');
  });

  test('keeps its prior state during a repair, because the level that shows may not be all that it has (I5)', async () => {
    fixture.vendor.setLevel('ana', 'thing', 'read');
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
    expect(await verifyDoubtfulAccesses(refusing('none'))).toEqual([]);
    expect(await untilEnded(request)).toEqual(['write', 'read']);
  });
});

test('a repair lowers no prior state to what another account shows that has the name now (F24, I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
  const { provider } = fixture.providerControl;
  const observe: typeof provider.observe = async ({ target }) => ({
    subject: { id: 'another account', name: 'ana' },
    level: 'none',
    sources: [],
    target,
  });
  const providers = new Map([['fake', { ...provider, observe }]]);
  expect(await verifyDoubtfulAccesses({ ...fixture.deps, providers })).toEqual([]);
  expect(await untilEnded(request)).toEqual(['write', 'read']);
});

test.each(['admin', 'write'] as const)(
  'a repair gives what was approved, and its end leaves nothing, when somebody revoked the %s that was there before (I5, I9)',
  async (before) => {
    fixture.vendor.setLevel('ana', 'thing', before);
    const request = await approvedWithoutWorkflow(fixture, { length: '1h' }, ['bo']);
    await granted(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await fixture.ledger.doubt({ key: 'fake\nthing\nana' }, { afterMs: 0, lateMs: 60_000 });
    await verifyDoubtfulAccesses(fixture.deps);
    expect(await untilEnded(request)).toEqual(['write', 'none']);
  },
);
