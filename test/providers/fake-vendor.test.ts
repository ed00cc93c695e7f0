import { describe, expect, test } from '@jest/globals';
import { fakeApi } from '../../providers/fake/api.ts';
import { fakeVendor, memoryLog, type FakeVendor } from '../../providers/fake/index.ts';
import type { FakeFault } from '../../providers/fake/log.ts';
import { lease, second } from '../core/request/request.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const NOW = 1_700_000_000_000;

/** A vendor with an account and a resource. */
function vendorOf() {
  const vendor = fakeVendor(memoryLog(), () => NOW);
  const id = vendor.makeAccount('ana');
  vendor.makeTarget('orders');
  return { vendor, id, api: fakeApi(vendor, () => NOW), entries: () => vendor.log.read().slice(2) };
}
const holdings = (vendor: FakeVendor) => vendor.state().holdings.map(({ target, level }) => [target, level]);

describe('the vendor’s own side', () => {
  test('logs what an administrator does, and who else does it', () => {
    const { vendor, id, entries } = vendorOf();
    vendor.setLevel('ana', 'orders', 'read');
    vendor.setLevel('ana', 'orders', 'admin', 'bo');
    vendor.renameAccount('ana', 'ana-f');
    vendor.deleteAccount('ana-f');
    vendor.deleteTarget('orders');
    vendor.freezeReads();
    vendor.unfreezeReads();
    expect(entries()).toEqual([
      { at: NOW, op: 'level-set', id, target: 'orders', level: 'read', by: 'administrator' },
      { at: NOW, op: 'level-set', id, target: 'orders', level: 'admin', by: 'bo' },
      { at: NOW, op: 'account-renamed', name: 'ana-f', id },
      { at: NOW, op: 'account-deleted', id },
      { at: NOW, op: 'target-deleted', target: 'orders' },
      { at: NOW, op: 'reads-frozen' },
      { at: NOW, op: 'reads-unfrozen' },
    ]);
  });

  test('does nothing to an account that does not exist', () => {
    const { vendor, entries } = vendorOf();
    vendor.setLevel('bo', 'orders', 'read');
    vendor.renameAccount('bo', 'bo-f');
    vendor.deleteAccount('bo');
    expect(entries()).toEqual([]);
    expect(vendor.levelOf('bo', 'orders')).toBe('none');
  });

  test('gives every account an id of its own', () => {
    const { vendor, id } = vendorOf();
    vendor.deleteAccount('ana');
    const other = vendor.makeAccount('ana');
    expect([id, other]).toEqual([0, 1].map(() => expect.stringMatching(/^fake-[0-9a-f-]{36}$/)));
    expect(other).not.toBe(id);
    expect([...vendor.state().accounts]).toEqual([[other, 'ana']]);
  });
});

describe('the state of the vendor', () => {
  test('has each level at its own account and resource', () => {
    const { vendor } = vendorOf();
    vendor.makeAccount('bo');
    vendor.makeTarget('billing');
    vendor.setLevel('ana', 'orders', 'read');
    vendor.setLevel('ana', 'billing', 'write');
    vendor.setLevel('bo', 'orders', 'admin');
    vendor.setLevel('ana', 'orders', 'none');
    expect(holdings(vendor)).toEqual([
      ['billing', 'write'],
      ['orders', 'admin'],
    ]);
    expect(['orders', 'billing'].map((target) => vendor.levelOf('ana', target))).toEqual(['none', 'write']);
    expect(vendor.levelOf('bo', 'orders')).toBe('admin');
  });

  test.each<[what: string, remove: (vendor: FakeVendor) => void]>([
    ['account', (vendor) => vendor.deleteAccount('ana')],
    ['resource', (vendor) => vendor.deleteTarget('orders')],
  ])('has no level and no mark of an %s that was deleted', async (_what, remove) => {
    const { vendor, id, api } = vendorOf();
    vendor.setLevel('ana', 'orders', 'read');
    await api.mark({ id, target: 'orders', lease, endsAt: 1 }, neverAborts);
    expect([vendor.state().holdings.length, vendor.state().marks.length]).toEqual([1, 1]);
    remove(vendor);
    expect([vendor.state().holdings, vendor.state().marks]).toEqual([[], []]);
  });
});

describe('a call', () => {
  test('that changes nothing is not logged', async () => {
    const { api, id, entries } = vendorOf();
    const mark = { id, target: 'orders', lease, endsAt: 1 };
    const level = { id, target: 'orders', level: 'read', by: lease } as const;
    for (const call of [
      () => api.setLevel({ ...level, level: 'none' }, neverAborts),
      () => api.unmark(lease, neverAborts),
      () => api.mark(mark, neverAborts),
      () => api.mark(mark, neverAborts),
      () => api.mark({ ...mark, endsAt: 2 }, neverAborts),
      () => api.mark({ ...mark, lease: second }, neverAborts),
      () => api.setLevel(level, neverAborts),
      () => api.setLevel(level, neverAborts),
      () => api.unmark(lease, neverAborts),
      () => api.unmark(lease, neverAborts),
    ])
      await call();
    expect(entries()).toEqual([
      { at: NOW, op: 'marked', ...mark },
      { at: NOW, op: 'marked', ...mark, endsAt: 2 },
      { at: NOW, op: 'marked', ...mark, lease: second },
      { at: NOW, op: 'level-set', ...level },
      { at: NOW, op: 'unmarked', lease },
    ]);
  });

  test('shows the state of the last moment when reads were frozen, until they are not', async () => {
    const { vendor, api } = vendorOf();
    const shown = async () => (await api.read(neverAborts)).holdings.map(({ level }) => level);
    vendor.freezeReads();
    vendor.setLevel('ana', 'orders', 'read');
    expect(await shown()).toEqual([]);
    vendor.freezeReads();
    vendor.setLevel('ana', 'orders', 'write');
    expect(await shown()).toEqual(['read']);
    expect(vendor.levelOf('ana', 'orders')).toBe('write');
    vendor.unfreezeReads();
    expect(await shown()).toEqual(['write']);
  });
});

describe('a fault', () => {
  const setRead = (api: ReturnType<typeof fakeApi>, id: string, signal = neverAborts) =>
    api.setLevel({ id, target: 'orders', level: 'read', by: lease }, signal);

  test.each<[fault: FakeFault, message: string, retryAfterMs: number | undefined, level: string]>([
    [{ kind: 'throttle' }, 'provider-throttled: fake: the rate limit is reached', undefined, 'none'],
    [{ kind: 'throttle', retryAfterMs: 7 }, 'provider-throttled: fake: the rate limit is reached', 7, 'none'],
    [{ kind: 'refuse-connection' }, 'provider-unavailable: fake: connection refused', undefined, 'none'],
    [{ kind: 'forbid' }, 'provider-forbidden: fake: this credential may not do that', undefined, 'none'],
    [{ kind: 'lose-answer' }, 'provider-unavailable: fake: the answer was lost', undefined, 'read'],
  ])('%j applies to one call', async (fault, message, retryAfterMs, level) => {
    const { vendor, api, id } = vendorOf();
    const fails = vendor.setFault(fault);
    expect(vendor.isApplied(fails)).toBe(false);
    await expect(setRead(api, id)).rejects.toMatchObject({ message, retryAfterMs });
    expect([vendor.isApplied(fails), vendor.levelOf('ana', 'orders')]).toEqual([true, level]);
    await setRead(api, id);
    expect(vendor.levelOf('ana', 'orders')).toBe('read');
  });

  test('can make the vendor confirm a write and not do it', async () => {
    const { vendor, api, id } = vendorOf();
    vendor.setFault({ kind: 'ignore-write' });
    await setRead(api, id);
    expect(vendor.levelOf('ana', 'orders')).toBe('none');
  });

  test('can leave a call without an answer, until its signal fires', async () => {
    const { vendor, api, id } = vendorOf();
    const stop = new AbortController();
    const hangs = vendor.setFault({ kind: 'hang' });
    const call = setRead(api, id, stop.signal);
    expect(vendor.isApplied(hangs)).toBe(true);
    stop.abort();
    await expect(call).rejects.toThrow('provider-unavailable: fake: no answer');
    expect(vendor.levelOf('ana', 'orders')).toBe('none');
  });

  test('is not used by a call that was cancelled before', async () => {
    const { vendor, api, id } = vendorOf();
    const fault = vendor.setFault({ kind: 'forbid' });
    await expect(setRead(api, id, AbortSignal.abort())).rejects.toThrow(
      'provider-unavailable: fake: the call was cancelled',
    );
    expect(vendor.isApplied(fault)).toBe(false);
  });

  test.each([
    ['read', [true, false]],
    ['write', [false, true]],
    ['any', [true, false]],
  ] as const)('for the kind of call "%s" applies to the first such call', async (on, expected) => {
    const { vendor, api, id } = vendorOf();
    vendor.setFault({ kind: 'forbid' }, on);
    const fails = (call: Promise<unknown>) =>
      call.then(
        () => false,
        () => true,
      );
    expect([await fails(api.read(neverAborts)), await fails(setRead(api, id))]).toEqual(expected);
  });

  test('that was set first applies first', async () => {
    const { vendor, api } = vendorOf();
    vendor.setFault({ kind: 'forbid' });
    vendor.setFault({ kind: 'refuse-connection' });
    await expect(api.read(neverAborts)).rejects.toMatchObject({ code: 'provider-forbidden' });
    await expect(api.read(neverAborts)).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect((await api.read(neverAborts)).pendingFaults.size).toBe(0);
  });
});
