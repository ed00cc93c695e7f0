import {
  AddUserToGroupCommand,
  DeleteUserPolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  type EntityType,
  type Group,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { Fault } from '../../core/faults.ts';
import { isAbsent, toFault } from './faults.ts';

export type IamUser = Readonly<{ id: string; name: string; account: string }>;
export type IamGroup = Readonly<{ id: string; name: string }>;
/** The account's number, and all its users with the names of their inline policies. */
export type IamAccount = Readonly<{
  account: string | undefined;
  users: readonly Readonly<{ id: string; name: string; policies: readonly string[] }>[];
}>;
export type IamApi = ReturnType<typeof iamApi>;

/** The IAM calls that Curfew uses. A missing entity is an answer (`undefined`). Every other failure is a `Fault`. */
export function iamApi(client: IAMClient) {
  /** Runs one call. Returns undefined when IAM says that the entity does not exist. */
  async function send<T>(action: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toFault(error, action);
    }
  }

  /** Every page of a list. No page when IAM says that the entity does not exist. */
  async function* pages<Page extends { IsTruncated?: boolean | undefined; Marker?: string | undefined }>(
    action: string,
    page: (at: { Marker: string | undefined }) => Promise<Page>,
  ): AsyncGenerator<Page> {
    let Marker: string | undefined;
    do {
      const got = await send(action, () => page({ Marker }));
      if (!got) return;
      yield got;
      Marker = got.IsTruncated ? got.Marker : undefined;
      // The rest of the list is unknown, so the list so far would be no proof of absence.
      if (got.IsTruncated && !Marker) throw unexpectedAnswer(action);
    } while (Marker !== undefined);
  }

  return {
    async user(name: string, abortSignal: AbortSignal): Promise<IamUser | undefined> {
      const command = new GetUserCommand({ UserName: name });
      const got = await send('GetUser', () => client.send(command, { abortSignal }));
      if (!got) return undefined;
      const { UserId: id, UserName, Arn } = got.User ?? {};
      const account = accountOf(Arn);
      if (!id || !UserName || !account) throw unexpectedAnswer('GetUser');
      return { id, name: UserName, account };
    },

    async group(GroupName: string, abortSignal: AbortSignal): Promise<IamGroup | undefined> {
      const command = new GetGroupCommand({ GroupName, MaxItems: 1 });
      const got = await send('GetGroup', () => client.send(command, { abortSignal }));
      return got && groupOf(got.Group, 'GetGroup');
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

    /** Every user with the names of their inline policies. It needs few calls, not one for each user. */
    async accountUsers(abortSignal: AbortSignal): Promise<IamAccount> {
      const action = 'GetAccountAuthorizationDetails';
      const users: IamAccount['users'][number][] = [];
      let account: string | undefined;
      const details = (Filter: EntityType, at: { Marker?: string | undefined }) =>
        client.send(new GetAccountAuthorizationDetailsCommand({ Filter: [Filter], MaxItems: 1_000, ...at }), {
          abortSignal,
        });
      for await (const { UserDetailList } of pages(action, (at) => details('User', at))) {
        if (!UserDetailList) throw unexpectedAnswer(action);
        account ??= accountOf(UserDetailList[0]?.Arn);
        for (const { UserId: id = '', UserName: name = '', UserPolicyList = [] } of UserDetailList)
          users.push({ id, name, policies: UserPolicyList.map(({ PolicyName = '' }) => PolicyName) });
      }
      // An account without users still has roles, and a role's ARN contains the account's number.
      account ??= accountOf((await send(action, () => details('Role', {})))?.RoleDetailList?.[0]?.Arn);
      return { account, users };
    },
  };
}

const accountOf = (arn: string | undefined): string | undefined => arn?.split(':')[4];

function groupOf(group: Group | undefined, action: string): IamGroup {
  const { GroupId: id, GroupName: name } = group ?? {};
  if (!id || !name) throw unexpectedAnswer(action);
  return { id, name };
}

const unexpectedAnswer = (action: string): Fault =>
  new Fault('provider-unavailable', `aws-iam: ${action}: the answer is not in IAM's format`);
