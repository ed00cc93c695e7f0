import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { addMember, isMember, removeMember, requireGroup } from '../../providers/aws-iam/group.ts';
import { lease } from '../core/request/request.fixture.ts';
import { ana, DEPLOYERS, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const byName = { kind: 'group', group: 'deployers' } as const;
const byId = { ...byName, id: DEPLOYERS.id };
const RENAMED = { id: DEPLOYERS.id, name: 'shippers' };
const OTHER = { id: 'AGPAOTHER', name: 'deployers' };
const subject = { id: 'AIDA1', name: 'ana' };
const granting = { lease, subject, target: byId, level: 'member', endsAt: 0 as Instant };
const revoking = { ...granting, level: 'none' };
const member = ana({ groups: [DEPLOYERS] });

describe('the group for a grant', () => {
  test.each([byName, byId])('is the group of %j', async (target) =>
    expect(await requireGroup(memoryIam([]).api, target, neverAborts)).toEqual(DEPLOYERS),
  );

  test.each([
    ['does not exist', byName, [], 'target-missing: aws-iam: no group "deployers"'],
    ['was renamed', byId, [RENAMED], 'target-missing: aws-iam: no group "deployers"'],
    [
      'was created again',
      byId,
      [OTHER],
      `target-missing: aws-iam: the group "deployers" has the id AGPAOTHER, not ${DEPLOYERS.id}`,
    ],
  ])('is a fault when it %s', async (_what, target, groups, fault) => {
    await expect(requireGroup(memoryIam([], {}, groups).api, target, neverAborts)).rejects.toThrow(fault);
  });
});

test.each([
  ['in no group', byName, [], false],
  ['in another group only', byName, [RENAMED], false],
  ['in the group, among others', byName, [{ id: 'AGPA9', name: 'readers' }, DEPLOYERS], true],
  ['in the group, by its id', byId, [DEPLOYERS], true],
  ['in the group with another name', byId, [RENAMED], true],
  ['in a group with the name and another id', byId, [OTHER], false],
  ['in a group with the name, and no id is known', byName, [OTHER], true],
])('whether a user is a member: %s', async (_what, target, groups, expected) =>
  expect(await isMember(memoryIam([ana({ groups })]).api, 'ana', target, neverAborts)).toBe(expected),
);

describe('adding a member', () => {
  test.each([
    ['a new one', ana(), 'none'],
    ['one who is a member already', ana({ groups: [DEPLOYERS] }), 'member'],
  ])('adds %s and reads the groups before and after', async (_who, user, found) => {
    const { api, calls } = memoryIam([user]);
    expect(await addMember(api, granting, neverAborts)).toEqual({
      level: 'member',
      found,
      seen: 'ana (AIDA1) is in deployers',
    });
    expect(calls).toEqual(['groupsOf ana', 'addToGroup ana deployers', 'user ana', 'groupsOf ana']);
  });

  test('is undone when another user has the name afterwards', async () => {
    const other = ana({ id: 'AIDA2' });
    const { api, calls } = memoryIam([other]);
    await expect(addMember(api, granting, neverAborts)).rejects.toThrow(
      'subject-changed: aws-iam: the user "ana" was replaced by another during the write',
    );
    expect(calls.slice(1)).toEqual(['addToGroup ana deployers', 'user ana', 'removeFromGroup ana deployers']);
    expect(other.groups).toEqual([]);
  });

  test('needs no undoing when nobody has the name afterwards', async () => {
    const { api, calls } = memoryIam([]);
    await expect(addMember(api, granting, neverAborts)).rejects.toMatchObject({ code: 'subject-changed' });
    expect(calls.slice(1)).toEqual(['addToGroup ana deployers', 'user ana']);
  });

  test('is not verified while IAM does not list the membership', async () => {
    const { api } = memoryIam([ana()], { addToGroup: () => Promise.resolve() });
    await expect(addMember(api, granting, neverAborts)).rejects.toThrow(
      'not-verified: aws-iam: IAM does not list ana in deployers yet',
    );
  });
});

describe('removing a member', () => {
  const GONE = { level: 'none', seen: 'ana (AIDA1) is not in deployers' };

  test('removes the user and reads the groups back', async () => {
    const user = ana({ groups: [DEPLOYERS] });
    const { api, calls } = memoryIam([user]);
    expect(await removeMember(api, revoking, neverAborts)).toEqual({
      ...GONE,
      found: 'member',
      lowered: true,
    });
    expect(calls).toEqual(['groupsOf ana', 'removeFromGroup ana deployers', 'groupsOf ana']);
    expect(user.groups).toEqual([]);
  });

  test('finds a renamed group by its id', async () => {
    const { api, calls } = memoryIam([ana({ groups: [RENAMED] })], {}, [RENAMED, OTHER]);
    expect(await removeMember(api, revoking, neverAborts)).toEqual({
      ...GONE,
      found: 'member',
      lowered: true,
    });
    expect(calls).toEqual(['groupsOf ana', 'removeFromGroup ana shippers', 'groupsOf ana']);
  });

  test.each([
    ['is sent', [DEPLOYERS], ['removeFromGroup ana deployers']],
    ['is not sent for another group with the name', [OTHER], []],
    ['is not sent for a group that does not exist', [], []],
  ])('%s when IAM does not list the membership', async (_what, groups, sent) => {
    const { api, calls } = memoryIam([ana()], {}, groups);
    expect(await removeMember(api, revoking, neverAborts)).toEqual({ ...GONE, found: 'none' });
    expect(calls).toEqual(['groupsOf ana', 'group deployers', ...sent, 'groupsOf ana']);
  });

  test('is not verified while IAM lists the membership', async () => {
    const { api } = memoryIam([member], { removeFromGroup: () => Promise.resolve() });
    await expect(removeMember(api, revoking, neverAborts)).rejects.toThrow(
      'not-verified: aws-iam: IAM still lists ana in deployers',
    );
  });

  test.each([
    ['a member', member, { level: 'member', found: 'member', seen: 'ana (AIDA1) is in deployers' }],
    ['no member', ana(), { ...GONE, found: 'none' }],
  ])(
    'removes nobody when another lease remains, and says that the user is %s',
    async (_what, user, receipt) => {
      const { api, calls } = memoryIam([user]);
      expect(await removeMember(api, { ...revoking, level: 'member' }, neverAborts)).toEqual(receipt);
      expect(calls).toEqual(['groupsOf ana']);
    },
  );
});
