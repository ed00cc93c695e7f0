import { expect, test } from '@jest/globals';
import { highestLevel, priorAfter } from '../../core/holding.ts';

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

test('a level that is not on the ladder is a bug, so it throws', () => {
  expect(() => highestLevel(['none', 'member'], ['owner'])).toThrow('"owner" is not one of none, member');
  const seen = { prior: 'member', shown: 'owner', given: [] };
  expect(() => priorAfter(['none', 'member'], seen)).toThrow('"owner" is not one of none, member');
});
