import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareAccess } from '../../../core/findings/compare.ts';
import { levelLeft } from '../../../core/holding.ts';

const LADDER = ['none', 'read', 'write', 'admin'] as const;
const rank = (level: string): number => LADDER.findIndex((one) => one === level);

describe('what a provider shows, compared with the ledger', () => {
  test.each<
    [
      title: string,
      prior: string,
      leases: readonly string[],
      own: string | undefined,
      found: string,
      kind: string,
    ]
  >([
    ['a lease has what it gives', 'none', ['write'], 'write', 'write', 'held'],
    ['somebody lowered it', 'none', ['write'], 'write', 'read', 'less'],
    ['somebody revoked it', 'none', ['write'], 'write', 'none', 'less'],
    ['somebody raised it', 'none', ['write'], 'write', 'admin', 'more'],
    ['the prior state is higher than the lease, and is there', 'admin', ['write'], 'write', 'admin', 'held'],
    [
      'the prior state was lowered, and the lease has its level',
      'admin',
      ['write'],
      'write',
      'write',
      'held',
    ],
    [
      'the higher lease has less, and the lower one is held',
      'none',
      ['write', 'read'],
      'read',
      'read',
      'held',
    ],
    ['the higher lease has less', 'none', ['write', 'read'], 'write', 'read', 'less'],
    ['a custom role counts as more', 'none', ['write'], 'write', 'release manager', 'more'],
    ['a lease that is over left nothing', 'none', [], undefined, 'none', 'held'],
    ['a lease that is over left its level', 'none', [], undefined, 'write', 'more'],
    ['after the end, the prior state stays', 'read', [], undefined, 'read', 'held'],
    ['after the end, more than the prior state is more', 'read', [], undefined, 'write', 'more'],
    ['after the end, another lease gives it', 'none', ['write'], undefined, 'write', 'held'],
    ['after the end, less than the prior state concerns no lease', 'write', [], undefined, 'none', 'held'],
  ])('%s', (_title, prior, leases, own, found, kind) => {
    const given = leases.map((level) => ({ level }));
    const compared = compareAccess(LADDER, {
      prior,
      leases: given,
      ...(own === undefined ? {} : { own: { level: own } }),
      found,
    });
    expect(compared.kind).toBe(kind);
  });

  test('a lease that was lowered by hand counts for what was left of it (I22)', () => {
    const own = { level: 'write', cap: 'read' };
    const compared = (found: string) => compareAccess(LADDER, { prior: 'none', leases: [own], own, found });
    expect(compared('read')).toEqual({ kind: 'held' });
    expect(compared('none')).toMatchObject({ kind: 'less', drift: { expected: 'read', found: 'none' } });
    expect(compared('write')).toMatchObject({ kind: 'more', drift: { expected: 'read', found: 'write' } });
  });
});

const level = fc.constantFrom(...LADDER);
const lease = fc.record({ level, cap: fc.option(level, { nil: undefined }) }).map(({ level: of, cap }) => ({
  level: of,
  ...(cap === undefined ? {} : { cap }),
}));

test('for any prior state and any leases: less is below the own lease, more is above all, and nothing is both', () => {
  fc.assert(
    fc.property(level, fc.array(lease, { maxLength: 4 }), lease, level, (prior, others, own, found) => {
      const leases = [own, ...others];
      const all = [prior, ...leases.map((each) => levelLeft(LADDER, each))].map(rank);
      const { kind } = compareAccess(LADDER, { prior, leases, own, found });
      const mine = rank(levelLeft(LADDER, own));
      if (rank(found) > Math.max(...all)) expect(kind).toBe('more');
      else if (rank(found) < mine) expect(kind).toBe('less');
      else expect(kind).toBe('held');
    }),
  );
});

test('somebody who has exactly what the ledger says is never drift, whatever order the leases have', () => {
  fc.assert(
    fc.property(level, fc.array(lease, { minLength: 1, maxLength: 5 }), (prior, leases) => {
      const top = Math.max(...[prior, ...leases.map((each) => levelLeft(LADDER, each))].map(rank));
      for (const own of leases)
        for (const order of [leases, [...leases].reverse()])
          expect(compareAccess(LADDER, { prior, leases: order, own, found: LADDER[top] ?? 'none' })).toEqual({
            kind: 'held',
          });
    }),
  );
});
