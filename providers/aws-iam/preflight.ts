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
  'Asked by calling each action on a user that does not exist: "no such user" means allowed. Rights that ' +
  'are limited to some users or groups show as missing here and may still be enough.';

/**
 * Finds out what our credential may do by doing it to a user and a group that do not exist: IAM judges
 * the right first, so "no such entity" means allowed and "access denied" means not. Changes nothing.
 * Policy simulation would need a right of its own.
 */
export async function preflight(client: IAMClient, abortSignal: AbortSignal): Promise<Preflight> {
  const nobody = `curfew-preflight-${crypto.randomUUID()}`;
  const UserName = nobody;
  const GroupName = nobody;
  const PolicyName = nobody;
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
      client.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: NOTHING }), options),
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
  const unwanted = await Promise.all([
    probe('iam:CreateAccessKey', () => client.send(new CreateAccessKeyCommand({ UserName }), options)),
    probe('iam:CreateLoginProfile', () =>
      client.send(new CreateLoginProfileCommand({ UserName, Password: crypto.randomUUID() }), options),
    ),
    probe('iam:AttachUserPolicy', () =>
      client.send(new AttachUserPolicyCommand({ UserName, PolicyArn }), options),
    ),
  ]);
  const missing = needed.flatMap(([action, may]) => (may ? [] : [action]));
  const excess = unwanted.flatMap(([action, may]) => (may ? [action] : []));
  return { ok: missing.length === 0, missing, excess, note: NOTE };
}

const NOTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }],
});
