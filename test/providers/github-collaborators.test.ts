import { expect, test } from '@jest/globals';
import { isAbove, isRole, rank } from '../../providers/github/collaborators.ts';

const LADDER = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

test('the roles of a repository are a ladder, and a custom role is none of them', () => {
  expect(LADDER.map(rank)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(LADDER.map(isRole)).toEqual([false, true, true, true, true, true]);
  expect([rank('security-lead'), isRole('security-lead')]).toEqual([-1, false]);
});

test('a role is above the lower ones only, and a custom role is above every other role', () => {
  const above = (shown: string) => LADDER.filter((level) => isAbove(shown, level));
  expect(above('none')).toEqual([]);
  expect(above('write')).toEqual(['none', 'read', 'triage']);
  expect(above('admin')).toEqual(['none', 'read', 'triage', 'write', 'maintain']);
  expect(above('security-lead')).toEqual(LADDER);
  expect(isAbove('security-lead', 'security-lead')).toBe(false);
});
