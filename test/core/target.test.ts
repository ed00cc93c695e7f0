import { describe, expect, test } from '@jest/globals';
import { describedTarget, lockKeyOf } from '../../core/target.ts';

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

describe('what a reader is shown of a stored target', () => {
  const older = {
    plain: 'a team',
    permissions: ['x'],
    level: 'member',
    enforcement: 'C',
    residualMs: 0,
  } as const;
  const whole = { ...older, cautions: ['a clone stays'], atEnd: ['forks are deleted'], widens: false };

  test('is exactly what was stored', () => expect(describedTarget(whole)).toEqual(whole));

  test('of an older version is access that can widen itself, because nobody knows that it cannot', () =>
    expect(describedTarget(older)).toEqual({ ...older, cautions: [], atEnd: [], widens: true }));
});
