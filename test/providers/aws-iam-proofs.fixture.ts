import type { Proofs } from './provider-page.fixture.ts';

export const PROOFS: Proofs = {
  'Access that does not come from the lease': {
    'the user is in the group already': [
      'test/providers/conformance/prior-state.ts: standing access is observed before the grant and remains after the revoke',
    ],
    'a policy in the user (inline policy), by hand or of another lease': [
      'test/providers/conformance/prior-state.ts: a revoke changes no other person and no other lease',
    ],
    'a managed policy that is attached to the user': [
      'test/providers/aws-iam-leftovers.test.ts: policies and groups of the user, without a date, and without those of leases',
    ],
    'another group, with policies in it or attached to it': [
      'test/providers/aws-iam-leftovers.test.ts: policies and groups of the user, without a date, and without those of leases',
    ],
    'a role whose trust names the user': [
      'test/providers/aws-iam-leftovers.test.ts: roles whose trust names the user, without a date',
    ],
    'a policy of a resource names the user (bucket, key, queue, secret, function)': [
      'test/providers/aws-iam-describe.test.ts: the card says what the receipt will not look for',
    ],
    'permissions that a service keeps itself: Lake Formation, access entries of EKS, users of databases, QuickSight, Grafana':
      ['test/providers/aws-iam-describe.test.ts: keys, users and passwords of other services'],
    'a permissions boundary, a session policy, a service control policy, a resource control policy': [
      'test/providers/aws-iam-evaluator.test.ts: an allow outside of a boundary',
    ],
    'a role whose trust names the whole account, for everybody who may call `sts:AssumeRole`':
      'cannot be tried here: moto evaluates no trust policies',
    'IAM Identity Center, and federation by SAML or OIDC, whose people have roles':
      'cannot be tried here: moto has no Identity Center that issues sessions',
    'the root user': ['test/providers/aws-iam-preflight.test.ts: the root user'],
    'the keys of a user whom several people share': 'cannot be tried here: IAM does not say who uses a key',
  },
  'Access that can remain after the end': {
    "the user's own keys": [
      'test/providers/aws-iam-policy.laws.test.ts: allow the same until a second before the end, and nothing at its instant',
    ],
    'a console session of the user':
      'cannot be tried here: there is no console here (IAM User Guide, "How permissions and policies provide access management")',
    'temporary credentials of the user (`GetSessionToken`, `GetFederationToken`)':
      'cannot be tried here: moto evaluates no policies of sessions (IAM User Guide, "Permissions for temporary security credentials")',
    'a presigned URL that the user signed (one of a role: until its session ends)':
      'cannot be tried here: moto checks no signatures (S3 User Guide, "Download and upload objects with presigned URLs")',
    "a role's session, a shell, a database's session, a token, an address": [
      'test/providers/aws-iam-sessions.test.ts: leaves one for %d minutes, and the card says so',
    ],
    'new access keys, a password, SSH keys, service-specific credentials (also API keys of Bedrock), certificates, MFA devices of the user':
      ['test/providers/aws-iam-leftovers.test.ts: one that was made since the request, and not an older one'],
    'new users, groups and roles': [
      'test/providers/aws-iam-leftovers.test.ts: roles, users and managed policies that were made or changed since the request',
    ],
    'changed managed policies': [
      'test/providers/aws-iam-leftovers.test.ts: roles, users and managed policies that were made or changed since the request',
    ],
    'a key, certificate or credential of the user that was made active again, or got another password': [
      'test/providers/aws-iam-leftovers.test.ts: keys that can be made active again',
    ],
    'an older version of a managed policy that was made the default': [
      'test/providers/aws-iam-leftovers.test.ts: a managed policy of which an older version applies',
    ],
    "the user's other policies and groups": [
      'test/providers/aws-iam-leftovers.test.ts: policies and groups of the user, without a date, and without those of leases',
    ],
    'roles whose trust names the user': [
      'test/providers/aws-iam-leftovers.test.ts: roles whose trust names the user, without a date',
    ],
    'MFA devices that were deactivated': [
      'test/providers/aws-iam-leftovers.test.ts: MFA devices that can be deactivated',
    ],
    'credentials of other users': ['test/providers/aws-iam-describe.test.ts: credentials of other users'],
    'a permissions boundary that was changed or deleted': [
      'test/providers/aws-iam-describe.test.ts: permissions boundaries that were changed',
    ],
    'another trust of a role': [
      'test/providers/aws-iam-leftovers.test.ts: roles whose trust names the user, without a date',
    ],
    'policies of groups, roles and other users': [
      'test/providers/aws-iam-describe.test.ts: for what can get every other permission',
    ],
    'identity providers (SAML, OIDC) and Roles Anywhere': [
      'test/providers/aws-iam-describe.test.ts: for what can get every other permission',
    ],
    'keys, users and passwords of other services: AppSync, API Gateway, Location, QuickSight, Cognito, databases':
      ['test/providers/aws-iam-describe.test.ts: keys, users and passwords of other services'],
    'policies of resources, grants of KMS, function URLs, shares of RAM': [
      'test/providers/aws-iam-leftovers.test.ts: what Curfew does not look for, such as what was shared',
    ],
    'copies: replication, and snapshots and images that are shared with another account': [
      'test/providers/aws-iam-leftovers.test.ts: what Curfew does not look for, such as what was shared',
    ],
    'code that runs as a role: functions, instances, tasks, schedules, stacks': [
      'test/providers/aws-iam-describe.test.ts: for what can get every other permission',
    ],
    'what was read: files, secrets, passwords, keys of services':
      'cannot be tried here: nothing that Curfew can read shows it',
    'the policy of the lease, with a later end that somebody wrote by hand': [
      'test/providers/aws-iam-inline-policy.test.ts: is deleted at the end, and named in the receipt',
    ],
    'membership in a group, while Curfew is down': [
      'test/workflows/sweeper.test.ts: the sweeper revokes active access after its end, not before, and records the receipt',
    ],
  },
};
