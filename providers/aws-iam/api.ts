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
/** What the reading of the whole account shows: whose it is, and its users with their inline policies. */
export type IamAccount = Readonly<{
  account: string | undefined;
  users: readonly Readonly<{ id: string; name: string; policies: readonly string[] }>[];
}>;
export type IamApi = ReturnType<typeof iamApi>;

/** The calls of IAM that we use. "Not there" is an answer (undefined, false); all else that fails is a `Fault`. */
export function iamApi(client: IAMClient) {
  /** Runs one call; undefined when IAM says the thing is not there. */
  async function ask<T>(doing: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw toFault(error, doing);
    }
  }

  /** Every page of a listing; none when IAM says that what it lists is not there. */
  async function* pages<Page extends { IsTruncated?: boolean | undefined; Marker?: string | undefined }>(
    doing: string,
    page: (at: { Marker?: string }) => Promise<Page>,
  ): AsyncGenerator<Page> {
    for (let Marker: string | undefined, more = true; more;) {
      const got = await ask(doing, () => page(Marker === undefined ? {} : { Marker }));
      if (got) yield got;
      Marker = got?.Marker;
      more = got?.IsTruncated === true && Marker !== undefined;
    }
  }

  return {
    async user(name: string, abortSignal: AbortSignal): Promise<IamUser | undefined> {
      const command = new GetUserCommand({ UserName: name });
      const got = await ask('GetUser', () => client.send(command, { abortSignal }));
      if (!got) return undefined;
      const { UserId, UserName, Arn } = got.User ?? {};
      if (!UserId || !UserName || !Arn) throw unreadable('GetUser');
      return { id: UserId, name: UserName, account: accountOf(Arn) ?? '' };
    },

    async group(GroupName: string, abortSignal: AbortSignal): Promise<IamGroup | undefined> {
      const command = new GetGroupCommand({ GroupName, MaxItems: 1 });
      const got = await ask('GetGroup', () => client.send(command, { abortSignal }));
      return got && groupOf(got.Group, 'GetGroup');
    },

    async groupsOf(UserName: string, abortSignal: AbortSignal): Promise<readonly IamGroup[]> {
      const groups: IamGroup[] = [];
      const doing = 'ListGroupsForUser';
      for await (const { Groups } of pages(doing, (at) =>
        client.send(new ListGroupsForUserCommand({ UserName, ...at }), { abortSignal }),
      )) {
        if (!Groups) throw unreadable(doing);
        groups.push(...Groups.map((one) => groupOf(one, doing)));
      }
      return groups;
    },

    async policyNames(UserName: string, abortSignal: AbortSignal): Promise<readonly string[]> {
      const names: string[] = [];
      const doing = 'ListUserPolicies';
      for await (const { PolicyNames } of pages(doing, (at) =>
        client.send(new ListUserPoliciesCommand({ UserName, ...at }), { abortSignal }),
      )) {
        if (!PolicyNames) throw unreadable(doing);
        names.push(...PolicyNames);
      }
      return names;
    },

    /** The document's text as the API returns it. */
    async policy(
      UserName: string,
      PolicyName: string,
      abortSignal: AbortSignal,
    ): Promise<string | undefined> {
      const command = new GetUserPolicyCommand({ UserName, PolicyName });
      const got = await ask('GetUserPolicy', () => client.send(command, { abortSignal }));
      if (got && !got.PolicyDocument) throw unreadable('GetUserPolicy');
      return got?.PolicyDocument;
    },

    async putPolicy(UserName: string, PolicyName: string, PolicyDocument: string, abortSignal: AbortSignal) {
      const command = new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument });
      const done = await ask('PutUserPolicy', () => client.send(command, { abortSignal }));
      if (!done) throw new Fault('subject-missing', `aws-iam: no user "${UserName}"`);
    },

    async deletePolicy(UserName: string, PolicyName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new DeleteUserPolicyCommand({ UserName, PolicyName });
      await ask('DeleteUserPolicy', () => client.send(command, { abortSignal }));
    },

    async addToGroup(UserName: string, GroupName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new AddUserToGroupCommand({ UserName, GroupName });
      const done = await ask('AddUserToGroup', () => client.send(command, { abortSignal }));
      if (!done) throw new Fault('target-missing', `aws-iam: no group "${GroupName}"`);
    },

    async removeFromGroup(UserName: string, GroupName: string, abortSignal: AbortSignal): Promise<void> {
      const command = new RemoveUserFromGroupCommand({ UserName, GroupName });
      await ask('RemoveUserFromGroup', () => client.send(command, { abortSignal }));
    },

    /** Every user with the names of their inline policies, in few calls: a reader must not need one per user. */
    async everybody(abortSignal: AbortSignal): Promise<IamAccount> {
      const doing = 'GetAccountAuthorizationDetails';
      const users: IamAccount['users'][number][] = [];
      let account: string | undefined;
      const details = (Filter: EntityType, at: { Marker?: string }) =>
        client.send(new GetAccountAuthorizationDetailsCommand({ Filter: [Filter], MaxItems: 1_000, ...at }), {
          abortSignal,
        });
      for await (const { UserDetailList } of pages(doing, (at) => details('User', at))) {
        if (!UserDetailList) throw unreadable(doing);
        account ??= accountOf(UserDetailList[0]?.Arn);
        for (const { UserId: id = '', UserName: name = '', UserPolicyList = [] } of UserDetailList)
          users.push({ id, name, policies: UserPolicyList.map(({ PolicyName = '' }) => PolicyName) });
      }
      // Without any user, a role still shows whose account this is.
      account ??= accountOf((await ask(doing, () => details('Role', {})))?.RoleDetailList?.[0]?.Arn);
      return { account, users };
    },
  };
}

const accountOf = (arn: string | undefined): string | undefined => arn?.split(':')[4];

function groupOf(group: Group | undefined, doing: string): IamGroup {
  const { GroupId: id, GroupName: name } = group ?? {};
  if (!id || !name) throw unreadable(doing);
  return { id, name };
}

const unreadable = (doing: string): Fault =>
  new Fault('provider-unavailable', `aws-iam: ${doing}: the answer is not one of IAM's`);
