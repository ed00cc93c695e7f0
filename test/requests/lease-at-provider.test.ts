import { describe, expect, test } from '@jest/globals';
import type { Lease, OtherLease } from '../../ledger/index.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { lockKeyOf } from '../../core/target.ts';
import { grantedIntent, leaseAtProvider, remainingIntent } from '../../requests/lease-at-provider.ts';
import { ana, later, lease as id, request, second } from '../core/request/request.fixture.ts';
import { target } from '../ledger/ledger.fixture.ts';

const SPEC = { resource: 'thing', level: 'write' };
const subject = { id: 'id-1', name: 'ana' };
const leaseOf = (more: Partial<Lease> = {}): Lease => ({
  id,
  request,
  requester: ana,
  state: 'granted',
  generation: 1,
  target: { ...target, spec: SPEC },
  endsAt: later(60),
  holding: { id: 1, subject, prior: 'none', others: [] },
  ...more,
});
const other = (level: string, more: Partial<OtherLease> = {}): OtherLease => ({
  id: second,
  request,
  lockKey: lockKeyOf(target),
  level,
  state: 'granted',
  endsAt: later(60),
  hasEnded: false,
  ...more,
});
const onTarget = (more: object) => lockKeyOf({ ...target, ...more });

describe('the lock for changes to an access', () => {
  test.each<[string, object]>([
    ['account', { account: 'bo' }],
    ['target', { lockKey: 'y' }],
    ['provider', { provider: 'other' }],
  ])('is another one for another %s, so nothing waits for it', (_what, other) => {
    expect(onTarget(other)).not.toBe(onTarget({}));
  });

  test('is the same one for another level', () => {
    expect(onTarget({ level: 'admin', spec: { ...SPEC, level: 'admin' } })).toBe(onTarget({}));
  });
});

describe('what a lease must give', () => {
  const providers = new Map([['fake', fakeProvider(fakeVendor(memoryLog())) as Provider]]);

  const given = (more: Partial<Lease>) =>
    grantedIntent([leaseAtProvider({ providers }, leaseOf(more))]).level;

  test.each<[string, string, OtherLease[]]>([
    ['write', 'admin', []],
    ['write', 'none', [other('read')]],
    ['admin', 'none', [other('admin')]],
    ['write', 'none', [other('admin', { state: 'intended' })]],
    ['write', 'none', [other('admin', { state: 'revoke-started' })]],
    ['write', 'none', [other('admin', { hasEnded: true })]],
    ['write', 'none', [other('admin', { cap: 'read' })]],
    ['admin', 'none', [other('admin', { cap: 'admin' })]],
  ])('is %s, when the prior level is %s and the other leases are %j (I9, I22)', (level, prior, others) => {
    expect(given({ holding: { id: 1, subject, prior, others } })).toBe(level);
  });

  test('is no more than what somebody left of it by hand (I22)', () =>
    expect(given({ cap: 'read' })).toBe('read'));
});

describe('what must remain without a lease', () => {
  const providers = new Map([['fake', fakeProvider(fakeVendor(memoryLog())) as Provider]]);
  const remaining = (lease: Lease) => remainingIntent(leaseAtProvider({ providers }, lease));

  test('names the lease, its account, its target and its end', () => {
    expect(remaining(leaseOf())).toEqual({
      lease: id,
      subject,
      target: SPEC,
      level: 'none',
      endsAt: later(60),
    });
  });

  test.each<[string, prior: string, others: OtherLease[]]>([
    ['none', 'none', []],
    ['read', 'read', []],
    ['admin', 'admin', [other('read')]],
    ['write', 'read', [other('write'), other('read')]],
    ['admin', 'none', [other('read'), other('admin'), other('write')]],
    ['write', 'none', [other('write', { state: 'intended' })]],
    ['write', 'none', [other('write', { hasEnded: true })]],
    ['none', 'none', [other('write', { state: 'revoke-started' })]],
    ['read', 'none', [other('write', { cap: 'read' })]],
    ['read', 'read', [other('write', { cap: 'none' })]],
  ])(
    'is the level %s, when the prior one is %s and the other leases are %j (I5, I6, I22)',
    (level, prior, others) => {
      expect(remaining(leaseOf({ holding: { id: 1, subject, prior, others } })).level).toBe(level);
    },
  );

  test('is not known before the intent is recorded', () => {
    const { holding: _none, ...before } = leaseOf();
    expect(() => remaining(before)).toThrow(`superseded: lease ${id} has no intent`);
  });
});
