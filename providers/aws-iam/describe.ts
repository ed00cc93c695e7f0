import type { Description } from '../provider.ts';
import type { Statement } from './policy.ts';
import type { AwsIamTarget, PolicyTarget } from './target.ts';

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
  ['sts:AssumeRole', "can open a role's session, which lives on for up to 12 hours"],
];

/** The longest session a role can be set to. */
const LONGEST_SESSION_MS = 12 * 3_600_000;

/** IAM's wildcards: `*` is any text, `?` one character; case does not count in actions. */
export function actionMatches(pattern: string, action: string): boolean {
  const shape = pattern.replaceAll(/[*?]/g, (sign) => (sign === '*' ? '.*' : '.'));
  return new RegExp(`^${shape}$`, 'i').test(action);
}

const allows = ({ statements }: PolicyTarget, action: string): boolean =>
  statements.some((statement) => statement.Action.some((pattern) => actionMatches(pattern, action)));

/** A user's own keys are judged at each call; only a role's session, once open, outlives the policy. */
export const residualSessionMs = (target: AwsIamTarget): number =>
  target.kind === 'policy' && allows(target, 'sts:AssumeRole') ? LONGEST_SESSION_MS : 0;

export function describe(target: AwsIamTarget): Description {
  const where = target.account === undefined ? 'AWS' : `AWS account ${target.account}`;
  if (target.kind === 'group')
    return {
      plain: `membership of the group ${target.group} in ${where}`,
      permissions: [`everything the policies of group ${target.group} allow`],
    };
  const services = new Set(
    target.statements.flatMap(({ Action }) => Action.map((one) => one.split(':')[0] ?? '')),
  );
  const names = services.has('*') ? 'everything' : [...services].sort().join(', ');
  const risks = ESCALATIONS.filter(([action]) => allows(target, action));
  return {
    plain: `${names} in ${where}, by a policy that AWS itself stops at the end`,
    permissions: [
      ...risks.map(([action, risk]) => `caution: ${action} is included: the holder ${risk}`),
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
