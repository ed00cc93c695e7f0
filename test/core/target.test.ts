import { expect, test } from '@jest/globals';
import { lockKeyOf } from '../../core/target.ts';

test('changes of one account at one target of one provider have one lock', () =>
  expect(lockKeyOf({ provider: 'github', lockKey: 'team:lantern/oncall', account: 'ana' })).toBe(
    'github\nteam:lantern/oncall\nana',
  ));
