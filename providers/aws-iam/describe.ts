import type { Description } from '../provider.ts';
import { allowing, type Statement } from './policy.ts';
import { livesOnMs, sessionRisks } from './sessions.ts';
import type { AwsIamTarget } from './target.ts';

/** Calls with which a holder could keep, widen or pass on access beyond the end. */
const ESCALATIONS: readonly (readonly [action: string, risk: string])[] = [
  ['iam:PassRole', 'can hand a role to a service that then acts with it'],
  ['iam:CreateAccessKey', 'can make keys that outlive the end'],
  ['iam:CreateLoginProfile', 'can make passwords that outlive the end'],
  ['iam:UpdateLoginProfile', "can set another user's password"],
  ['iam:PutUserPolicy', 'can write policies'],
  ['iam:PutRolePolicy', 'can write policies'],
  ['iam:PutGroupPolicy', 'can write policies'],
  ['iam:AttachUserPolicy', 'can attach policies'],
  ['iam:AttachRolePolicy', 'can attach policies'],
  ['iam:AttachGroupPolicy', 'can attach policies'],
  ['iam:CreatePolicyVersion', 'can rewrite policies'],
  ['iam:SetDefaultPolicyVersion', 'can rewrite policies'],
  ['iam:UpdateAssumeRolePolicy', 'can change who may take a role'],
  ['iam:AddUserToGroup', 'can add people to groups'],
  ['iam:CreateUser', 'can make users'],
];

/** A user's own keys are judged at each call; what they opened lives on. What a group allows is not read. */
export const residualSessionMs = (target: AwsIamTarget): number =>
  target.kind === 'policy' ? livesOnMs(allowing(target.statements)) : Number.POSITIVE_INFINITY;

export function describe(target: AwsIamTarget): Description {
  const where = target.account === undefined ? 'AWS' : `AWS account ${target.account}`;
  if (target.kind === 'group')
    return {
      plain: `membership of the group ${target.group} in ${where}`,
      permissions: [
        `everything the policies of the group ${target.group} allow, sessions of roles, shells and databases included`,
      ],
    };
  const services = new Set(
    target.statements.flatMap(({ Action }) => Action.map((one) => one.split(':')[0] ?? '')),
  );
  const names = services.has('*') ? 'everything' : [...services].sort().join(', ');
  const allows = allowing(target.statements);
  const risks = ESCALATIONS.filter(([action]) => allows(action));
  return {
    plain: `${names} in ${where}, by a policy that AWS itself stops at the end`,
    permissions: [
      ...risks.map(([action, risk]) => `caution: ${action} is included: the holder ${risk}`),
      ...sessionRisks(allows),
      ...target.statements.map(inWords),
    ],
  };
}

function inWords({ Action, Resource, Condition }: Statement): string {
  const when = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${values.join(' or ')}`),
  );
  const only = when.length === 0 ? '' : `, only when ${when.join(' and ')}`;
  return `${Action.join(', ')} on ${Resource.join(', ')}${only}`;
}
