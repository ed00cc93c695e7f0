import { expect, test } from '@jest/globals';
import { nearest } from '../../core/nearest.ts';

const KNOWN = ['orders-db', 'orders-admin', 'Billing', 'ops'];

test.each<[string, string | undefined, string]>([
  ['ordres-db', 'orders-db', 'two letters are changed'],
  ['orders-d', 'orders-db', 'a letter is missing'],
  ['oorders-dbb', 'orders-db', 'two letters are too many'],
  ['BILLING', 'Billing', 'upper and lower case are the same'],
  ['opsxx', 'ops', 'two letters of a short word differ'],
  ['oXXX', undefined, 'three letters of a short word differ'],
  ['orders-axxxn', 'orders-admin', 'a quarter of a long word differs'],
  ['order', undefined, 'four letters are missing'],
  ['zzzzzzzzz', undefined, 'nothing is similar'],
])('the word nearest to "%s" is %s: %s', (typed, word) => expect(nearest(typed, KNOWN)).toBe(word));

test('of two words that are equally near the first is taken, and of none nothing', () => {
  expect(nearest('op', ['oq', 'or'])).toBe('oq');
  expect(nearest('op', [])).toBeUndefined();
});

test('a very long word is not compared beyond its first 64 characters', () =>
  expect(nearest('a'.repeat(64) + 'b'.repeat(64), ['a'.repeat(64)])).toBe('a'.repeat(64)));
