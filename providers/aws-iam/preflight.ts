import {
  AddUserToGroupCommand,
  CreateAccessKeyCommand,
  AttachUserPolicyCommand,
  CreateLoginProfileCommand,
  DeleteUserPolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { Preflight } from '../provider.ts';
import { isAbsent, toFault } from './faults.ts';

const NOTE =
  'Curfew tried each action on a user and a group that do not exist: "no such entity" means that the action is allowed. ' +
  'Permissions that are limited to some users or groups show as missing here and may still be enough.';

/**
 * Finds out what Curfew's credential may do by trying each action on a user and a group that do not exist. IAM
 * checks the permission first, so "no such entity" means allowed and "access denied" means not allowed. Nothing
 * is changed. Policy simulation would need a permission of its own.
 */
export async function preflight(client: IAMClient, abortSignal: AbortSignal): Promise<Preflight> {
  const name = `curfew-preflight-${crypto.randomUUID()}`;
  const UserName = name;
  const GroupName = name;
  const PolicyName = name;
  const PolicyArn = 'arn:aws:iam::aws:policy/AWSDenyAll';
  const options = { abortSignal };
  const probe = async (action: string, call: () => Promise<unknown>): Promise<readonly [string, boolean]> => {
    try {
      await call();
      return [action, true];
    } catch (error) {
      if (isAbsent(error)) return [action, true];
      const fault = toFault(error, action);
      if (fault.code === 'provider-forbidden') return [action, false];
      throw fault;
    }
  };
  const needed = await Promise.all([
    probe('iam:GetUser', () => client.send(new GetUserCommand({ UserName }), options)),
    probe('iam:ListUserPolicies', () => client.send(new ListUserPoliciesCommand({ UserName }), options)),
    probe('iam:GetUserPolicy', () =>
      client.send(new GetUserPolicyCommand({ UserName, PolicyName }), options),
    ),
    probe('iam:PutUserPolicy', () =>
      client.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: DENY_ALL }), options),
    ),
    probe('iam:DeleteUserPolicy', () =>
      client.send(new DeleteUserPolicyCommand({ UserName, PolicyName }), options),
    ),
    probe('iam:GetGroup', () => client.send(new GetGroupCommand({ GroupName }), options)),
    probe('iam:ListGroupsForUser', () => client.send(new ListGroupsForUserCommand({ UserName }), options)),
    probe('iam:AddUserToGroup', () =>
      client.send(new AddUserToGroupCommand({ UserName, GroupName }), options),
    ),
    probe('iam:RemoveUserFromGroup', () =>
      client.send(new RemoveUserFromGroupCommand({ UserName, GroupName }), options),
    ),
    probe('iam:GetAccountAuthorizationDetails', () =>
      client.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: 1 }), options),
    ),
  ]);
  const excessive = await Promise.all([
    probe('iam:CreateAccessKey', () => client.send(new CreateAccessKeyCommand({ UserName }), options)),
    probe('iam:CreateLoginProfile', () =>
      client.send(new CreateLoginProfileCommand({ UserName, Password: crypto.randomUUID() }), options),
    ),
    probe('iam:AttachUserPolicy', () =>
      client.send(new AttachUserPolicyCommand({ UserName, PolicyArn }), options),
    ),
  ]);
  const missing = needed.flatMap(([action, allowed]) => (allowed ? [] : [action]));
  const excess = excessive.flatMap(([action, allowed]) => (allowed ? [action] : []));
  return { ok: missing.length === 0, missing, excess, note: NOTE };
}

const DENY_ALL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }],
});
