import { expect, test } from '@jest/globals';
import { driftBetween, highestLevel, levelLeft, priorAfter } from '../../core/holding.ts';

const LADDER = ['none', 'read', 'write', 'admin'];

test.each<[string, string[], string]>([
  ['no level is the lowest one', [], 'none'],
  ['one level is itself', ['read'], 'read'],
  ['a lower lease does not lower a higher one (B15)', ['none', 'write', 'read'], 'write'],
  ['standing access above every lease stays as it is (I5, B16)', ['admin', 'read'], 'admin'],
])('the highest of some levels: %s', (_why, levels, highest) =>
  expect(highestLevel(LADDER, levels)).toBe(highest),
);

test.each<[string, Parameters<typeof priorAfter>[1], string]>([
  ['the same shows', { prior: 'write', shown: 'write', given: ['write'] }, 'write'],
  ['more shows, because a lease gives it', { prior: 'read', shown: 'write', given: ['write'] }, 'read'],
  ['more shows, which no lease gives', { prior: 'none', shown: 'admin', given: ['write'] }, 'none'],
  ['less shows, which no lease gives', { prior: 'admin', shown: 'write', given: ['read'] }, 'write'],
  ['nothing shows', { prior: 'admin', shown: 'none', given: ['write'] }, 'none'],
  [
    'less shows, which may be that of a lease',
    { prior: 'admin', shown: 'write', given: ['read', 'write'] },
    'none',
  ],
])('the prior state after another look: %s (I5)', (_why, seen, prior) =>
  expect(priorAfter(LADDER, seen)).toBe(prior),
);

test.each<[string, string | undefined, string]>([
  ['write', undefined, 'write'],
  ['write', 'read', 'read'],
  ['write', 'none', 'none'],
  ['write', 'write', 'write'],
  ['write', 'admin', 'write'],
  ['write', 'a custom role', 'write'],
])('of the level %s, somebody left %s: the lease counts for %s (I22)', (level, cap, left) =>
  expect(levelLeft(LADDER, { level, ...(cap === undefined ? {} : { cap }) })).toBe(left),
);

test.each<[string, string, 'raised' | 'lowered' | undefined]>([
  ['write', 'write', undefined],
  ['write', 'read', 'lowered'],
  ['write', 'none', 'lowered'],
  ['write', 'admin', 'raised'],
  ['none', 'read', 'raised'],
  ['write', 'a custom role', 'raised'],
])('the ledger says %s and the provider showed %s: %s (I22)', (expected, found, change) =>
  expect(driftBetween(LADDER, { expected, found })).toEqual(change && { change, expected, found }),
);

test('a level that is not on the ladder is a bug, so it throws', () => {
  expect(() => highestLevel(['none', 'member'], ['owner'])).toThrow('"owner" is not one of none, member');
  const seen = { prior: 'member', shown: 'owner', given: [] };
  expect(() => priorAfter(['none', 'member'], seen)).toThrow('"owner" is not one of none, member');
});
