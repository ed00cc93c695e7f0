import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { Fault } from '../../core/faults.ts';
import type { Observation, Provider } from '../../providers/provider.ts';
import { levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, killedGrant, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

type EntitlementId = 'look' | 'thing' | 'top';
/** The level that each of them gives. */
const LEVELS = { look: 'read', thing: 'write', top: 'admin' } as const;

async function live(entitlement: EntitlementId): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
}
async function ended(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}
const seenIn = async (request: RequestId, kind: 'granted' | 'revoked') =>
  (await fixture.ledger.readTrail(request)).flatMap(({ event }) =>
    event.kind === kind && 'seen' in event ? [event.seen] : [],
  );
const written = (request: RequestId) => levelsWritten(fixture, request);
/** How often the provider was told to write while this was done. */
async function writesOf(work: () => Promise<unknown>): Promise<number> {
  const { countOf } = fixture.providerControl;
  const writes = () => countOf('ensurePresent') + countOf('ensureAbsent');
  const before = writes();
  await work();
  return writes() - before;
}
/** A process of whose last change nobody knows. */
async function doubted(): Promise<void> {
  const failing = fixture.ledger.withLock('fake\nthing\nana', (lock) => {
    lock.markWriting();
    return Promise.reject(new Error('no answer'));
  });
  await expect(failing).rejects.toThrow('no answer');
}

describe('the provider is written to only when the access changes', () => {
  test.each<[first: EntitlementId, second: EntitlementId]>([
    ['thing', 'thing'],
    ['thing', 'look'],
    ['top', 'look'],
  ])('a lease of %s, and then one of %s, which writes nothing, also at its end', async (first, second) => {
    const one = await live(first);
    let other = one;
    expect(await writesOf(async () => void (other = await live(second)))).toBe(0);
    const seen = [`ana already has the level “${LEVELS[first]}”, so Curfew changed nothing`];
    expect(await seenIn(other, 'granted')).toEqual(seen);
    expect(await writesOf(() => ended(other))).toBe(0);
    expect(await seenIn(other, 'revoked')).toEqual(seen);
    expect(await writesOf(() => ended(one))).toBe(1);
    expect([written(one), written(other), fixture.levelOf()]).toEqual([[LEVELS[first], 'none'], [], 'none']);
  });

  test('the end of a higher lease lowers to the level of a lease that wrote nothing', async () => {
    const [one, other] = [await live('top'), await live('look')];
    await ended(one);
    expect([written(one), fixture.levelOf()]).toEqual([['admin', 'read'], 'read']);
    await ended(other);
    expect([written(other), fixture.levelOf()]).toEqual([['none'], 'none']);
  });

  test('an end writes nothing where somebody had lowered the access to what must remain (I22)', async () => {
    const [write] = [await live('thing'), await live('top')];
    fixture.vendor.setLevel('ana', 'thing', 'write');
    expect(await writesOf(() => ended(write))).toBe(0);
    expect(fixture.levelOf()).toBe('write');
  });

  test.each(['write', 'admin'] as const)(
    'a person who had %s before keeps it, and nothing is written',
    async (before) => {
      fixture.vendor.setLevel('ana', 'thing', before);
      expect(await writesOf(async () => ended(await live('thing')))).toBe(0);
      expect(fixture.levelOf()).toBe(before);
    },
  );
});

describe('the provider is written to although the ledger says that nothing changes', () => {
  test('in a repeated attempt, because nobody knows what an earlier one did (F13)', async () => {
    await live('top');
    const request = await approvedWithoutWorkflow(fixture);
    await killedGrant(fixture, request);
    expect(await writesOf(() => granted(fixture, request))).toBe(1);
  });

  test('while the access is in doubt, because a late change may still come (F01, F02)', async () => {
    await live('thing');
    await doubted();
    let other: RequestId | undefined;
    expect(await writesOf(async () => void (other = await live('thing')))).toBe(1);
    expect(await writesOf(async () => other && ended(other))).toBe(1);
    expect(fixture.levelOf()).toBe('write');
  });

  test('while another lease that gives the level is being revoked', async () => {
    const ending = await live('thing');
    await answered(fixture, ending, { kind: 'end', by: 'ana' });
    expect(await writesOf(() => live('thing'))).toBe(1);
    await revoked(fixture, ending);
    expect(fixture.levelOf()).toBe('write');
  });

  test('at the end of a lease whose grant was never confirmed (F13)', async () => {
    await live('top');
    const request = await approvedWithoutWorkflow(fixture);
    await killedGrant(fixture, request);
    expect(await writesOf(() => ended(request))).toBe(1);
    expect(fixture.levelOf()).toBe('admin');
  });

  test('when the provider shows other access than the leases give (I22)', async () => {
    const [one, other] = [await live('thing'), await live('thing')];
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    expect(await writesOf(() => ended(other))).toBe(1);
    expect([written(other), fixture.levelOf()]).toEqual([['write'], 'write']);
    await ended(one);
    expect(fixture.levelOf()).toBe('none');
  });

  const unreadable = () => Promise.reject(new Fault('provider-unavailable', 'a test'));
  const withMore = (more: object) => async (seen: Observation<unknown>) =>
    Promise.resolve({ ...seen, ...more });
  test.each<[string, (seen: Observation<unknown>) => Promise<Observation<unknown>>]>([
    ['it cannot be read', unreadable],
    ['another account has the name now', withMore({ subject: { id: 'other', name: 'ana' } })],
    ['what shows may not be all that the account has', withMore({ refusal: 'ana owns everything' })],
  ])('at the end of a lease, when %s', async (_what, change) => {
    await live('thing');
    const other = await live('thing');
    await answered(fixture, other, { kind: 'end', by: 'ana' });
    const { provider } = fixture.providerControl;
    const observe: Provider['observe'] = async (...asked) => change(await provider.observe(...asked));
    const deps = { ...fixture.deps, providers: new Map([['fake', { ...provider, observe }]]) };
    expect(await writesOf(() => revoked({ ...fixture, deps }, other))).toBe(1);
    expect(fixture.levelOf()).toBe('write');
  });
});
