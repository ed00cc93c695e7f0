import type { Duty } from '../provider.ts';
import { planOf } from './leftover-plan.ts';
import type { AwsIamTarget } from './target.ts';

/**
 * The actions that Curfew's credential needs, by what they act on. `receipts` only complete the receipts of a revoke. `use` only shows
 * what was done with access.
 */
export type Rights = Readonly<{
  users: readonly string[];
  groups: readonly string[];
  account: readonly string[];
  receipts: readonly string[];
  use: Readonly<{ users: readonly string[]; account: readonly string[] }>;
}>;

const iam = (names: string): readonly string[] => names.split(' ').map((name) => `iam:${name}`);

/**
 * What the duty needs at these targets. The reaper knows no catalogue, so it needs what removes a policy and a membership alike. It
 * neither completes receipts nor reads use.
 */
export function rightsFor(targets: readonly AwsIamTarget[], duty: Duty): Rights {
  const has = (kind: AwsIamTarget['kind']) =>
    duty === 'reap' || targets.some((target) => target.kind === kind);
  const grants = (kind: AwsIamTarget['kind'], action: string) =>
    duty === 'grant' && has(kind) ? [action] : [];
  return {
    users: [
      'iam:GetUser',
      ...(has('policy') ? iam('ListUserPolicies GetUserPolicy DeleteUserPolicy') : []),
      ...(has('group') ? ['iam:ListGroupsForUser'] : []),
      ...grants('policy', 'iam:PutUserPolicy'),
    ],
    groups: has('group')
      ? ['iam:GetGroup', 'iam:RemoveUserFromGroup', ...grants('group', 'iam:AddUserToGroup')]
      : [],
    account: ['iam:GetAccountAuthorizationDetails'],
    receipts:
      duty === 'reap'
        ? []
        : [...new Set(targets.flatMap((target) => planOf(target).lists))].map((list) => `iam:${list}`),
    use:
      duty === 'reap'
        ? { users: [], account: [] }
        : {
            users: ['iam:GenerateServiceLastAccessedDetails'],
            account: ['iam:GetServiceLastAccessedDetails'],
          },
  };
}

/**
 * With these on users, Curfew could do more than give and end access. `PutUserPolicy` is checked by itself. `UpdateAccessKey` is not among
 * them: with it Curfew deactivates the keys of a person whose everything is ended. Nobody needs to grant it.
 */
export const TOO_MUCH_ON_USERS = iam(
  'CreateAccessKey CreateLoginProfile UpdateLoginProfile CreateServiceSpecificCredential ResetServiceSpecificCredential ' +
    'UploadSSHPublicKey UploadSigningCertificate EnableMFADevice DeactivateMFADevice AttachUserPolicy CreateUser TagUser ' +
    'PutUserPermissionsBoundary DeleteUserPermissionsBoundary',
);
export const TOO_MUCH_ON_GROUPS = iam('PutGroupPolicy AttachGroupPolicy');
export const TOO_MUCH_ON_ROLES = [
  ...iam(
    'CreateRole PutRolePolicy AttachRolePolicy UpdateAssumeRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary PassRole',
  ),
  'sts:AssumeRole',
];
