import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../ledger/index.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { lockKeyOf } from '../../core/target.ts';
import { grantedIntent, leaseAtProvider, remainingIntent } from '../../requests/lease-at-provider.ts';
import { ana, later, lease as id, request } from '../core/request/request.fixture.ts';
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
  holding: { id: 1, subject, prior: 'none', otherLevels: [], grantedLevels: [] },
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

  test.each<[string, string, string[]]>([
    ['write', 'admin', []],
    ['write', 'none', ['read']],
    ['admin', 'none', ['admin']],
  ])(
    'is %s, when the prior level is %s and the other granted leases have %j (I9)',
    (level, prior, grantedLevels) => {
      const holding = { id: 1, subject, prior, otherLevels: ['admin'], grantedLevels };
      expect(grantedIntent([leaseAtProvider({ providers }, leaseOf({ holding }))]).level).toBe(level);
    },
  );
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

  test.each<[string, prior: string, otherLevels: string[]]>([
    ['none', 'none', []],
    ['read', 'read', []],
    ['admin', 'admin', ['read']],
    ['write', 'read', ['write', 'read']],
    ['admin', 'none', ['read', 'admin', 'write']],
  ])(
    'is the level %s, when the prior one is %s and the other leases have %j (I5, I6)',
    (level, prior, otherLevels) => {
      expect(
        remaining(leaseOf({ holding: { id: 1, subject, prior, otherLevels, grantedLevels: [] } })).level,
      ).toBe(level);
    },
  );

  test('is not known before the intent is recorded', () => {
    const { holding: _none, ...before } = leaseOf();
    expect(() => remaining(before)).toThrow(`superseded: lease ${id} has no intent`);
  });
});
