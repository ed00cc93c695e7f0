import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyAccess, type KnownAccess, type KnownLease } from '../../../core/findings/classify.ts';
import type { LeaseId } from '../../../core/ids.ts';

const LADDER = ['none', 'read', 'write', 'admin'] as const;
const ONE = 'lease_01234567890123456789012345_0' as LeaseId;
const lease = (standing: KnownLease['standing'], level = 'write'): KnownLease => ({
  lease: ONE,
  level,
  standing,
});

describe('why an account has what a provider shows', () => {
  test.each<[title: string, known: KnownAccess, found: string, kind: string]>([
    ['nobody knows it', { leases: [] }, 'read', 'unexplained'],
    ['a live lease gives it', { prior: 'none', leases: [lease('live')] }, 'write', 'expected'],
    ['a live lease gives more', { prior: 'none', leases: [lease('live')] }, 'read', 'expected'],
    ['the prior state of an open holding', { prior: 'admin', leases: [lease('live')] }, 'admin', 'expected'],
    ['more than a live lease gives', { prior: 'none', leases: [lease('live')] }, 'admin', 'unexplained'],
    ['somebody adopted it', { leases: [], standing: 'write' }, 'write', 'standing'],
    ['less than somebody adopted', { leases: [], standing: 'write' }, 'read', 'standing'],
    ['more than somebody adopted', { leases: [], standing: 'write' }, 'admin', 'unexplained'],
    ['a lease gave it that is over (B08)', { leases: [lease('over')] }, 'write', 'left'],
    ['a lease that is over gave more (B08)', { leases: [lease('over', 'admin')] }, 'read', 'left'],
    ['more than the lease gave that is over', { leases: [lease('over')] }, 'admin', 'unexplained'],
    [
      'the end of the last lease restored it',
      { restored: 'read', leases: [lease('over')] },
      'read',
      'unexplained',
    ],
    ['more than the end restored', { restored: 'read', leases: [lease('over')] }, 'write', 'left'],
    ['a look showed that the lease left nothing', { leases: [lease('gone')] }, 'write', 'unexplained'],
    ['a lease is being granted', { leases: [lease('unsettled')] }, 'write', 'unsettled'],
    [
      'another lease is being revoked',
      { prior: 'none', leases: [lease('live'), lease('unsettled')] },
      'admin',
      'unsettled',
    ],
    ['a custom role', { prior: 'admin', leases: [lease('live')] }, 'release manager', 'unexplained'],
    [
      'the same custom role was adopted',
      { leases: [], standing: 'release manager' },
      'release manager',
      'standing',
    ],
    [
      'another custom role was adopted',
      { leases: [], standing: 'auditor' },
      'release manager',
      'unexplained',
    ],
  ])('%s', (_title, known, found, kind) => {
    expect(classifyAccess(LADDER, known, found).kind).toBe(kind);
  });
});

const level = fc.constantFrom(...LADDER);
const anyLease = fc
  .record({ level, standing: fc.constantFrom<KnownLease['standing']>('unsettled', 'live', 'over', 'gone') })
  .map((each): KnownLease => ({ lease: ONE, ...each }));
const maybe = fc.option(level, { nil: undefined });

test('what a lease left is never standing access and never unexplained, unless somebody adopted it (B08)', () => {
  fc.assert(
    fc.property(fc.array(anyLease, { maxLength: 4 }), maybe, level, (leases, restored, found) => {
      const known = { leases, ...(restored === undefined ? {} : { restored }) };
      const { kind } = classifyAccess(LADDER, known, found);
      expect(kind).not.toBe('standing');
      const isLeft = leases.some(
        (each) =>
          each.standing === 'over' && LADDER.indexOf(found) <= LADDER.findIndex((of) => of === each.level),
      );
      if (isLeft && LADDER.indexOf(found) > LADDER.findIndex((of) => of === (restored ?? 'none')))
        expect(['left', 'expected', 'unsettled']).toContain(kind);
    }),
  );
});

test('nothing is said while a lease is unsettled, and a live lease always explains its own level (F15)', () => {
  fc.assert(
    fc.property(
      fc.array(anyLease, { maxLength: 4 }),
      maybe,
      maybe,
      level,
      (leases, prior, standing, found) => {
        const known = {
          leases,
          ...(prior === undefined ? {} : { prior }),
          ...(standing === undefined ? {} : { standing }),
        };
        expect(
          classifyAccess(LADDER, { ...known, leases: [...leases, lease('unsettled')] }, found).kind,
        ).toBe('unsettled');
        const settled = leases.filter((each) => each.standing !== 'unsettled');
        const live = { ...lease('live'), level: found };
        expect(classifyAccess(LADDER, { ...known, leases: [...settled, live] }, found).kind).toBe('expected');
      },
    ),
  );
});
