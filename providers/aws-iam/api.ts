import {
  AddUserToGroupCommand,
  DeleteUserPolicyCommand,
  GetGroupCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateAccessKeyCommand,
  type Group,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { Fault } from '../../core/faults.ts';
import { accountApi } from './account.ts';
import { pages, readArn, send, unexpectedAnswer } from './calls.ts';
import { credentialsApi } from './credentials.ts';

/** `partition` is `aws`, `aws-us-gov` or `aws-cn`, or a newer one of AWS. */
export type IamUser = Readonly<{ id: string; name: string; account: string; partition: string }>;
export type IamGroup = Readonly<{ id: string; name: string }>;
export type GroupMembers = Readonly<{
  group: IamGroup;
  account: string | undefined;
  members: readonly Readonly<{ id: string; name: string }>[];
  next?: string;
}>;
export type IamApi = ReturnType<typeof iamApi>;

/** The IAM calls that Curfew uses. A missing entity is an answer (`undefined`). Every other failure is a `Fault`. */
export function iamApi(client: IAMClient) {
  return {
    async user(name: string, abortSignal: AbortSignal): Promise<IamUser | undefined> {
      const command = new GetUserCommand({ UserName: name });
      const got = await send('GetUser', () => client.send(command, { abortSignal }));
      if (!got) return undefined;
      const { UserId: id, UserName, Arn } = got.User ?? {};
      const { partition, account } = readArn(Arn);
      if (!id || !UserName || !account) throw unexpectedAnswer('GetUser');
      return { id, name: UserName, account, partition };
    },

    async group(GroupName: string, abortSignal: AbortSignal): Promise<IamGroup | undefined> {
      const command = new GetGroupCommand({ GroupName, MaxItems: 1 });
      const got = await send('GetGroup', () => client.send(command, { abortSignal }));
      return got && groupOf(got.Group, 'GetGroup');
    },

    /** One page of the members of a group. `next` is the marker of the next page. */
    async groupMembers(
      GroupName: string,
      Marker: string | undefined,
      abortSignal: AbortSignal,
    ): Promise<GroupMembers | undefined> {
      const command = new GetGroupCommand({ GroupName, Marker });
      const got = await send('GetGroup', () => client.send(command, { abortSignal }));
      if (!got) return undefined;
      if (!got.Users || (got.IsTruncated && !got.Marker)) throw unexpectedAnswer('GetGroup');
      return {
        group: groupOf(got.Group, 'GetGroup'),
        account: readArn(got.Group?.Arn).account,
        members: got.Users.map(({ UserId: id, UserName: name }) => {
          if (!id || !name) throw unexpectedAnswer('GetGroup');
          return { id, name };
        }),
        ...(got.IsTruncated && got.Marker ? { next: got.Marker } : {}),
      };
    },

    async groupsOf(UserName: string, abortSignal: AbortSignal): Promise<readonly IamGroup[]> {
      const groups: IamGroup[] = [];
      const action = 'ListGroupsForUser';
      for await (const { Groups } of pages(action, (at) =>
        client.send(new ListGroupsForUserCommand({ UserName, ...at }), { abortSignal }),
      )) {
        if (!Groups) throw unexpectedAnswer(action);
        groups.push(...Groups.map((one) => groupOf(one, action)));
      }
      return groups;
    },

    async policyNames(UserName: string, abortSignal: AbortSignal): Promise<readonly string[]> {
      const names: string[] = [];
      const action = 'ListUserPolicies';
      for await (const { PolicyNames } of pages(action, (at) =>
        client.send(new ListUserPoliciesCommand({ UserName, ...at }), { abortSignal }),
      )) {
        if (!PolicyNames) throw unexpectedAnswer(action);
        names.push(...PolicyNames);
      }
      return names;
    },

    /** The text of the policy document as the API returns it. */
    async policy(
      UserName: string,
      PolicyName: string,
      abortSignal: AbortSignal,
    ): Promise<string | undefined> {
      const command = new GetUserPolicyCommand({ UserName, PolicyName });
      const got = await send('GetUserPolicy', () => client.send(command, { abortSignal }));
      if (got && !got.PolicyDocument) throw unexpectedAnswer('GetUserPolicy');
      return got?.PolicyDocument;
    },

    async putPolicy(UserName: string, PolicyName: string, PolicyDocument: string, abortSignal: AbortSignal) {
      const command = new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument });
      const done = await send('PutUserPolicy', () => client.send(command, { abortSignal }));
      if (!done) throw new Fault('subject-missing', `aws-iam: no user "${UserName}"`);
    },

    async deletePolicy(UserName: string, PolicyName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new DeleteUserPolicyCommand({ UserName, PolicyName });
      await send('DeleteUserPolicy', () => client.send(command, { abortSignal }));
    },

    async addToGroup(UserName: string, GroupName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new AddUserToGroupCommand({ UserName, GroupName });
      const done = await send('AddUserToGroup', () => client.send(command, { abortSignal }));
      if (!done) throw new Fault('target-missing', `aws-iam: no group "${GroupName}"`);
    },

    async removeFromGroup(UserName: string, GroupName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new RemoveUserFromGroupCommand({ UserName, GroupName });
      await send('RemoveUserFromGroup', () => client.send(command, { abortSignal }));
    },

    /** The keys that AWS may accept. It accepts none that is inactive or expired. */
    async activeKeys(UserName: string, abortSignal: AbortSignal): Promise<readonly string[]> {
      const keys: string[] = [];
      for await (const { AccessKeyMetadata = [] } of pages('ListAccessKeys', (at) =>
        client.send(new ListAccessKeysCommand({ UserName, ...at }), { abortSignal }),
      ))
        keys.push(
          ...AccessKeyMetadata.flatMap(({ AccessKeyId, Status }) =>
            AccessKeyId !== undefined && Status !== 'Inactive' && Status !== 'Expired' ? [AccessKeyId] : [],
          ),
        );
      return keys;
    },

    /** Curfew never activates a key: this call has no other status. */
    async deactivateKey(UserName: string, AccessKeyId: string, abortSignal: AbortSignal): Promise<void> {
      const command = new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' });
      await send('UpdateAccessKey', () => client.send(command, { abortSignal }));
    },

    ...accountApi(client),
    ...credentialsApi(client),
  };
}

function groupOf(group: Group | undefined, action: string): IamGroup {
  const { GroupId: id, GroupName: name } = group ?? {};
  if (!id || !name) throw unexpectedAnswer(action);
  return { id, name };
}
