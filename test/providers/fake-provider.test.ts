import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { Entry, FakeFault, FakeLevel } from '../../providers/fake/log.ts';
import { lease, second } from '../core/request/request.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const NOW = 1_700_000_000_000;
const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const later = (endsAt + 60_000) as Instant;
const target = { resource: 'orders', level: 'write' } as const;

/** A vendor with the account ana and the resource orders, and what ana has there. */
function vendorWith(level: FakeLevel = 'none') {
  const vendor = fakeVendor(memoryLog(), () => NOW);
  const id = vendor.makeAccount('ana');
  vendor.makeTarget('orders');
  if (level !== 'none') vendor.setLevel('ana', 'orders', level);
  const before = vendor.log.read().length;
  const intent = { lease, subject: { id, name: 'ana' }, target, level: 'write', endsAt };
  return {
    vendor,
    id,
    intent,
    provider: fakeProvider(vendor, () => NOW),
    written: () => vendor.log.read().slice(before),
  };
}

describe('what an account has', () => {
  test.each<[level: FakeLevel]>([['none'], ['read'], ['admin']])('is %s', async (level) => {
    const { provider, id } = vendorWith(level);
    const subject = { id, name: 'ana' };
    expect(await provider.observe({ account: 'ana', target }, neverAborts)).toEqual({
      subject,
      level,
      sources: [],
      target,
    });
  });

  test.each([
    ['an account that does not exist', 'bo', 'orders', 'subject-missing: fake: no account "bo"'],
    ['a resource that does not exist', 'ana', 'billing', 'target-missing: fake: no resource "billing"'],
  ])('is a fault for %s', async (_what, account, resource, fault) => {
    const { provider } = vendorWith();
    await expect(provider.observe({ account, target: { ...target, resource } }, neverAborts)).rejects.toThrow(
      fault,
    );
  });
});

describe('a grant', () => {
  test('writes the mark first and then the level', async () => {
    const { provider, intent, id, written } = vendorWith();
    expect(await provider.ensurePresent(intent, neverAborts)).toEqual({
      level: 'write',
      found: 'none',
      seen: 'ana has write on orders',
    });
    expect(written()).toEqual([
      { at: NOW, op: 'marked', id, target: 'orders', lease, endsAt, level: 'write', prior: 'none' },
      { at: NOW, op: 'level-set', id, target: 'orders', level: 'write', by: lease },
    ]);
  });

  test('that runs again changes nothing, and an extension changes the mark', async () => {
    const { provider, intent, id, written } = vendorWith();
    await provider.ensurePresent(intent, neverAborts);
    await provider.ensurePresent(intent, neverAborts);
    expect(written()).toHaveLength(2);
    await provider.ensurePresent({ ...intent, endsAt: later }, neverAborts);
    expect(written().slice(2)).toEqual([
      { at: NOW, op: 'marked', id, target: 'orders', lease, endsAt: later, level: 'write', prior: 'none' },
    ]);
  });

  test('does not lower a higher level', async () => {
    const { provider, intent, vendor } = vendorWith('admin');
    expect(await provider.ensurePresent(intent, neverAborts)).toEqual({
      level: 'admin',
      found: 'admin',
      seen: 'ana has admin on orders',
    });
    expect(vendor.levelOf('ana', 'orders')).toBe('admin');
  });

  test.each<[what: string, over: object, fault: string]>([
    [
      'a resource that does not exist',
      { target: { ...target, resource: 'x' } },
      'target-missing: fake: no resource "x"',
    ],
    [
      'an account that does not exist',
      { subject: { id: '1', name: 'bo' } },
      'subject-missing: fake: no account "bo"',
    ],
    ['an unknown level', { level: 'owner' }, 'provider-refused: fake: no level "owner"'],
  ])('of %s is a fault', async (_what, over, fault) => {
    const { provider, intent, written } = vendorWith();
    await expect(provider.ensurePresent({ ...intent, ...over }, neverAborts)).rejects.toThrow(fault);
    expect(written()).toEqual([]);
  });

  test('to an account that was created again is a fault that names both ids', async () => {
    const { provider, intent, vendor, id } = vendorWith();
    vendor.deleteAccount('ana');
    const other = vendor.makeAccount('ana');
    await expect(provider.ensurePresent(intent, neverAborts)).rejects.toThrow(
      `subject-changed: fake: the account "ana" has the id ${other} now, not ${id}`,
    );
  });

  test.each<[what: string, forgotten: Entry['op'], seen: string]>([
    ['the level', 'level-set', 'read'],
    ['the mark', 'marked', 'write'],
  ])('is not verified while %s does not show', async (_what, forgotten, seen) => {
    const { intent, vendor } = vendorWith('read');
    const append = (entry: Entry) => (entry.op === forgotten ? undefined : vendor.log.append(entry));
    const forgetful = fakeProvider({ ...vendor, log: { ...vendor.log, append } });
    await expect(forgetful.ensurePresent(intent, neverAborts)).rejects.toThrow(
      `not-verified: fake: ana still has ${seen} on orders`,
    );
  });

  test('with another end in the mark is not verified', async () => {
    const { provider, intent, vendor } = vendorWith();
    await provider.ensurePresent(intent, neverAborts);
    vendor.setFault({ kind: 'ignore-write' }, 'write');
    await expect(provider.ensurePresent({ ...intent, endsAt: later }, neverAborts)).rejects.toMatchObject({
      code: 'not-verified',
    });
  });
});

describe('a revoke', () => {
  test('sets the level that remains and then removes the mark', async () => {
    const { provider, intent, id, written } = vendorWith();
    await provider.ensurePresent(intent, neverAborts);
    expect(await provider.ensureAbsent({ ...intent, level: 'read' }, neverAborts)).toEqual({
      level: 'read',
      found: 'write',
      seen: 'ana has read on orders',
      lowered: true,
    });
    expect(written().slice(2)).toEqual([
      { at: NOW, op: 'level-set', id, target: 'orders', level: 'read', by: lease },
      { at: NOW, op: 'unmarked', lease },
    ]);
  });

  test('does not raise a lower level', async () => {
    const { provider, intent, vendor } = vendorWith('read');
    expect(await provider.ensureAbsent(intent, neverAborts)).toEqual({
      level: 'read',
      found: 'read',
      seen: 'ana has read on orders',
    });
    expect(vendor.levelOf('ana', 'orders')).toBe('read');
  });

  test('from an account or a resource that does not exist is done', async () => {
    const [one, two] = [vendorWith('write'), vendorWith('write')];
    one.vendor.deleteAccount('ana');
    expect(await one.provider.ensureAbsent(one.intent, neverAborts)).toEqual({
      level: 'none',
      seen: 'The account does not exist any more.',
    });
    two.vendor.deleteTarget('orders');
    expect(await two.provider.ensureAbsent(two.intent, neverAborts)).toEqual({
      level: 'none',
      seen: 'The resource does not exist any more.',
    });
  });

  test('of an unknown level is refused', async () => {
    const { provider, intent, written } = vendorWith();
    await expect(provider.ensureAbsent({ ...intent, level: 'owner' }, neverAborts)).rejects.toThrow(
      'provider-refused: fake: no level "owner"',
    );
    expect(written()).toEqual([]);
  });

  test.each<[what: string, forgotten: Entry['op'], seen: string]>([
    ['the level', 'level-set', 'write'],
    ['the mark', 'unmarked', 'none'],
  ])('is not verified while %s shows', async (_what, forgotten, seen) => {
    const { provider, intent, vendor } = vendorWith();
    await provider.ensurePresent(intent, neverAborts);
    const append = (entry: Entry) => (entry.op === forgotten ? undefined : vendor.log.append(entry));
    const forgetful = fakeProvider({ ...vendor, log: { ...vendor.log, append } });
    await expect(forgetful.ensureAbsent({ ...intent, level: 'none' }, neverAborts)).rejects.toThrow(
      `not-verified: fake: ana still has ${seen} on orders`,
    );
  });
});

test('the managed objects are the marks, with the current name of the account', async () => {
  const { provider, intent, vendor, id: subjectId } = vendorWith();
  vendor.makeTarget('billing');
  await provider.ensurePresent(intent, neverAborts);
  await provider.ensurePresent(
    { ...intent, lease: second, target: { ...target, resource: 'billing' }, endsAt: later },
    neverAborts,
  );
  vendor.renameAccount('ana', 'ana-f');
  expect(await provider.listManaged(neverAborts)).toEqual([
    { lease, subject: 'ana-f', subjectId, what: 'orders', endsAt },
    { lease: second, subject: 'ana-f', subjectId, what: 'billing', endsAt: later },
  ]);
});

test.each<[fault: FakeFault | undefined, missing: readonly string[]]>([
  [undefined, []],
  [{ kind: 'forbid' }, ['provider-forbidden: fake: this credential may not do that']],
])('preflight after the fault %j', async (fault, missing) => {
  const { provider, vendor } = vendorWith();
  if (fault) vendor.setFault(fault);
  expect(await provider.preflight({ targets: [], duty: 'grant' }, neverAborts)).toEqual({
    permissions: missing.map((what) => ({ severity: 'missing', what })),
    note: 'The fake vendor answers.',
  });
});
