import type { Description } from '../provider.ts';
import { allowsOf, type Statement } from './policy.ts';
import { lifetimeMs, sessionRisks } from './sessions.ts';
import type { AwsIamTarget } from './target.ts';

/** Actions with which a person could keep, extend or pass on access after the end. */
const ESCALATIONS: readonly (readonly [action: string, risk: string])[] = [
  ['iam:PassRole', 'can pass a role to a service, which then acts with that role'],
  ['iam:CreateAccessKey', 'can create access keys that stay valid after the end'],
  ['iam:CreateLoginProfile', 'can create passwords that stay valid after the end'],
  ['iam:UpdateLoginProfile', "can set another user's password"],
  ['iam:PutUserPolicy', 'can write policies'],
  ['iam:PutRolePolicy', 'can write policies'],
  ['iam:PutGroupPolicy', 'can write policies'],
  ['iam:AttachUserPolicy', 'can attach policies'],
  ['iam:AttachRolePolicy', 'can attach policies'],
  ['iam:AttachGroupPolicy', 'can attach policies'],
  ['iam:CreatePolicyVersion', 'can change policies'],
  ['iam:SetDefaultPolicyVersion', 'can change policies'],
  ['iam:UpdateAssumeRolePolicy', 'can change who may assume a role'],
  ['iam:AddUserToGroup', 'can add people to groups'],
  ['iam:CreateUser', 'can create users'],
];

/**
 * AWS checks a user's own keys at each call. A session that the user opened may continue after the end. Curfew does
 * not read what a group allows, so there it may be any session.
 */
export const residualSessionMs = (target: AwsIamTarget): number =>
  target.kind === 'policy' ? lifetimeMs(allowsOf(target.statements)) : Number.POSITIVE_INFINITY;

export function describe(target: AwsIamTarget): Description {
  const where = target.account === undefined ? 'AWS' : `AWS account ${target.account}`;
  if (target.kind === 'group')
    return {
      plain: `membership in the IAM group ${target.group} in ${where}`,
      permissions: [
        `everything that the policies of the group ${target.group} allow, including sessions of roles, shells and databases`,
      ],
    };
  const services = new Set(
    target.statements.flatMap(({ Action }) => Action.map((one) => one.split(':')[0] ?? '')),
  );
  const names = services.has('*') ? 'everything' : [...services].sort().join(', ');
  const allows = allowsOf(target.statements);
  const risks = ESCALATIONS.filter(([action]) => allows(action));
  return {
    plain: `access to ${names} in ${where}, by a policy that AWS itself stops applying at the end`,
    permissions: [
      ...risks.map(([action, risk]) => `caution: ${action} is allowed: the person ${risk}`),
      ...sessionRisks(allows),
      ...target.statements.map(describeStatement),
    ],
  };
}

function describeStatement({ Action, Resource, Condition }: Statement): string {
  const conditions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${values.join(' or ')}`),
  );
  const only = conditions.length === 0 ? '' : `, only when ${conditions.join(' and ')}`;
  return `${Action.join(', ')} on ${Resource.join(', ')}${only}`;
}
