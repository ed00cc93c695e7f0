import { expect, test } from '@jest/globals';
import { targetWords } from '../../wording/target-name.ts';

test.each([
  ['["orders","orders_reader"]', 'orders, orders_reader'],
  ['group administrators', 'group administrators'],
  ['team:5001', 'team:5001'],
  ['[not json', '[not json'],
  ['[1,2]', '[1,2]'],
  ['', ''],
])('the target %j is %j for people', (key, words) => {
  expect(targetWords(key)).toBe(words);
});
