import { Fault } from '../../core/faults.ts';
import type { FoundAccess, FoundPage } from '../provider.ts';
import type { UserWithPolicies } from './account.ts';
import type { GroupMembers, IamApi } from './api.ts';
import { givesAll } from './gives-all.ts';
import { readPolicyName } from './policy.ts';
import { isPolicyOf } from './policy-drift.ts';
import type { AwsIamTarget, GroupTarget, PolicyTarget } from './target.ts';
import { assertAccount } from './user.ts';

type At = Readonly<{ page?: string | undefined; signal: AbortSignal }>;

/**
 * Who has a target. Of a group: its members. Of a policy: the users with an inline policy that gives the same. What a user has through a
 * group, a managed policy or a role is not looked at.
 */
export const discover = (api: IamApi, target: AwsIamTarget, at: At): Promise<FoundPage<AwsIamTarget>> =>
  target.kind === 'group' ? discoverGroup(api, target, at) : discoverPolicies(api, target, at);

/** GetGroup returns "a list of IAM users that are in the specified IAM group", in pages. */
async function discoverGroup(
  api: IamApi,
  target: GroupTarget,
  { page, signal }: At,
): Promise<FoundPage<GroupTarget>> {
  const named = await api.groupMembers(target.group, page, signal);
  const isIt = named && (target.id === undefined || named.group.id === target.id);
  const found = isIt ? named : await renamedGroup(api, target, { page, signal });
  if (!found) throw new Fault('target-missing', `aws-iam: no group "${target.group}"`);
  assertAccount(target, found.account);
  const { group, account, members, next } = found;
  return {
    target: { ...target, ...(account === undefined ? {} : { account }), id: group.id },
    accesses: members.map((subject) => ({ subject, level: 'member', sources: [] })),
    ...(next === undefined ? {} : { next }),
    calls: isIt ? 1 : 3,
  };
}

/** IAM finds a group by its name only, so all groups are read to find the one with this id. */
async function renamedGroup(
  api: IamApi,
  { id }: GroupTarget,
  { page, signal }: At,
): Promise<GroupMembers | undefined> {
  if (id === undefined) return undefined;
  const { groups } = await api.account(['Group'], signal);
  const name = groups.find((each) => each.id === id)?.name;
  return name === undefined ? undefined : api.groupMembers(name, page, signal);
}

async function discoverPolicies(
  api: IamApi,
  target: PolicyTarget,
  { page, signal }: At,
): Promise<FoundPage<PolicyTarget>> {
  const { users, next } = await api.userPage(page, signal);
  const account = users.find((user) => user.account !== undefined)?.account ?? target.account;
  assertAccount(target, account);
  return {
    target: { ...target, ...(account === undefined ? {} : { account }) },
    accesses: users.flatMap((user) => accessesOf(user, target)),
    ...(next === undefined ? {} : { next }),
    calls: 1,
  };
}

/** Of a user's policies, those of leases of this target, and the others that allow all that the target allows. */
function accessesOf({ id, name, policies }: UserWithPolicies, target: PolicyTarget): readonly FoundAccess[] {
  const subject = { id, name };
  return policies.flatMap((policy): readonly FoundAccess[] => {
    const lease = readPolicyName(policy.name)?.lease;
    if (lease !== undefined)
      return isPolicyOf(target, policy.document) ? [{ subject, level: 'present', sources: [], lease }] : [];
    if (!givesAll(policy.document, target.statements)) return [];
    return [
      {
        subject,
        level: 'present',
        sources: [],
        whyNoRevoke: `It is the inline policy “${policy.name}” of the user, which Curfew did not write. Delete it in IAM.`,
      },
    ];
  });
}
