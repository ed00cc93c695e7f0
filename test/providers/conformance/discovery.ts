import { expect } from '@jest/globals';
import type { FoundAccess, Provider } from '../../../providers/provider.ts';
import { neverAborts } from '../never-aborts.fixture.ts';
import {
  faultOf,
  intentFor,
  newLease,
  required,
  revoking,
  type It,
  type ProviderFixture,
} from './harness.fixture.ts';

/** All pages of who has the target. */
async function everybody<T>({ provider, target }: Pick<ProviderFixture<T>, 'provider' | 'target'>) {
  const accesses: FoundAccess[] = [];
  const pages: string[] = [];
  let found = target;
  let page: string | undefined;
  do {
    const got = await provider.discover(target, { page, signal: neverAborts });
    expect(got.calls).toBeGreaterThan(0);
    accesses.push(...got.accesses);
    found = got.target;
    page = got.next;
    if (page !== undefined) pages.push(page);
  } while (page !== undefined);
  return { accesses, pages, target: found };
}

/** What was found of an intent: the object of its lease, or the own entry of its account. */
const ofIntent = <T>(
  { provider, target }: Readonly<{ provider: Provider<T>; target: T }>,
  accesses: readonly FoundAccess[],
  { lease, subject }: Awaited<ReturnType<typeof intentFor<T>>>,
) =>
  accesses.filter((each) =>
    provider.ownObject(target)
      ? each.lease === lease
      : each.subject.id === subject.id && each.level !== 'none',
  );

export function discovery<T>(it: It<T>) {
  it('who has a target is read with their ids, before, during and after a lease', async (fixture) => {
    const { provider, target } = fixture;
    const intent = await intentFor(fixture);
    expect(ofIntent(fixture, (await everybody(fixture)).accesses, intent)).toEqual([]);
    await provider.ensurePresent(intent, neverAborts);
    const during = await everybody(fixture);
    expect(ofIntent(fixture, during.accesses, intent)).toMatchObject([{ level: provider.level(target) }]);
    expect(provider.targetKey(during.target)).toBe(provider.targetKey(intent.target));
    await provider.ensureAbsent(revoking(intent), neverAborts);
    expect(ofIntent(fixture, (await everybody(fixture)).accesses, intent)).toEqual([]);
  });

  it('what is left of the object of a lease is read, and nothing changes (I22)', async (fixture) => {
    const { provider, vendor } = fixture;
    const intent = await intentFor(fixture);
    if (!provider.ownObject(fixture.target)) {
      expect(provider.readOwnObject === undefined || !provider.ownObject(intent.target)).toBe(true);
      return;
    }
    const read = async () => required(await provider.readOwnObject?.(intent, neverAborts), 'readOwnObject');
    expect(await read()).toEqual({ level: 'none' });
    await provider.ensurePresent(intent, neverAborts);
    expect(await read()).toEqual({ level: 'present' });
    if (vendor.changeGranted) {
      const changed = await vendor.changeGranted(intent);
      expect(await read()).toMatchObject({ changed: expect.stringMatching(/by hand|did not write/) });
      expect(await vendor.readGranted?.(intent)).toEqual(changed);
    }
    const other = { ...intent, lease: newLease() };
    expect(await provider.readOwnObject?.(other, neverAborts)).toEqual({ level: 'none' });
    await vendor.deleteGranted(intent);
    expect(await read()).toEqual({ level: 'none' });
  });

  it('a page without an answer is a fault, and never a shorter list (F12)', async (fixture) => {
    const stop = new AbortController();
    const { reached } = fixture.faults.hangNextCall();
    const failed = faultOf(fixture.provider.discover(fixture.target, { signal: stop.signal }));
    await reached;
    stop.abort();
    expect((await failed).retry).toBe(true);
  });

  it(
    'many accounts come in pages, each account once, and an error on the second page is an error',
    async (fixture) => {
      await required(fixture.vendor.fillTarget, 'fillTarget')();
      const { accesses, pages } = await everybody(fixture);
      expect(pages.length).toBeGreaterThan(0);
      const own = accesses.filter(({ level }) => level !== 'none').map(({ subject }) => subject.id);
      expect(new Set(own).size).toBe(own.length);
      expect(own.length).toBeGreaterThan(2);
      const stop = new AbortController();
      const { reached } = fixture.faults.hangNextCall();
      const second = faultOf(
        fixture.provider.discover(fixture.target, { page: pages[0], signal: stop.signal }),
      );
      await reached;
      stop.abort();
      expect((await second).retry).toBe(true);
    },
    'pages',
  );
}
