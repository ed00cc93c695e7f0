import { expect, test } from '@jest/globals';
import { lockKeyOf } from '../../core/target.ts';

test('changes of one account at one target of one provider have one lock', () =>
  expect(lockKeyOf({ provider: 'github', lockKey: 'team:lantern/oncall', account: 'ana' })).toBe(
    'github\nteam:lantern/oncall\nana',
  ));

test('two spellings of an account that differ in upper and lower case have one lock (T47)', () => {
  const [one, other] = ['Octocat', 'octoCAT'].map((account) =>
    lockKeyOf({ provider: 'github', lockKey: 'x', account }),
  );
  expect(one).toBe(other);
});
