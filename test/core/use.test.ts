import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { soundUse, type Use } from '../../core/use.ts';
import { holds } from '../laws.fixture.ts';

const at = fc.integer({ min: 0, max: 1_000 }) as fc.Arbitrary<number> as unknown as fc.Arbitrary<Instant>;
const part = fc.record({
  part: fc.constantFrom('read', 'write'),
  use: fc.constantFrom('used' as const, 'not-used' as const, 'unknown' as const),
});
const known = fc.record(
  {
    kind: fc.constant('known' as const),
    source: fc.constant('the list'),
    amount: fc.nat(3),
    unit: fc.constant('uses'),
    covers: fc.record({ from: at, until: at }),
    parts: fc.array(part, { maxLength: 3 }),
    mark: fc.constant('m'),
  },
  { requiredKeys: ['kind', 'source', 'amount', 'unit', 'parts'] },
);
const unknown = fc.record({
  kind: fc.constant('unknown' as const),
  source: fc.constant('the list'),
  why: fc.constant('it is hidden'),
});

holds(
  'unknown is never "not used": without a time that is shown whole there is neither a zero nor a part that was not used',
  fc.oneof(known, unknown) as fc.Arbitrary<Use>,
  (given) => {
    const use = soundUse(given);
    if (use.kind === 'unknown') {
      expect(given.kind === 'unknown' || (given.amount === 0 && !given.covers)).toBe(true);
      return;
    }
    expect(use.amount > 0 || use.covers !== undefined).toBe(true);
    if (!use.covers) expect(use.parts.map((each) => each.use)).not.toContain('not-used');
  },
);

test('what is recorded keeps everything that is certain', () => {
  const covers = { from: 1 as Instant, until: 2 as Instant };
  const use: Use = {
    kind: 'known',
    source: 's',
    amount: 0,
    unit: 'uses',
    covers,
    parts: [{ part: 'a', use: 'not-used' }],
  };
  expect(soundUse(use)).toBe(use);
  expect(soundUse({ ...use, amount: 0, mark: 'm', covers: undefined } as unknown as Use)).toEqual({
    kind: 'unknown',
    source: 's',
    mark: 'm',
    why: 'it shows a part of the use only, and in that part there is none',
  });
});
