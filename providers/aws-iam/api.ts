import {
  AddUserToGroupCommand,
  DeleteUserPolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  type IAMClientConfig,
} from '@aws-sdk/client-iam';
import { Fault } from '../../core/errors.ts';
import { isAbsent, toFault } from './faults.ts';

export type IamUser = Readonly<{ id: string; name: string; account: string }>;
export type AwsIamDeps = Readonly<{
  /** Where IAM's API is; AWS itself unless told. */
  endpoint?: string;
  /** Signing region; IAM is global and signs as us-east-1. */
  region?: string;
  /** AWS's own chain (environment, profile, instance role) unless told. */
  credentials?: NonNullable<IAMClientConfig['credentials']>;
}>;

/** One try per call, because Temporal owns the retries; and no call that waits for ever. */
export const iamClient = ({ endpoint, region = 'us-east-1', credentials }: AwsIamDeps): IAMClient =>
  new IAMClient({
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });

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

  return {
    async user(name: string, abortSignal: AbortSignal): Promise<IamUser | undefined> {
      const command = new GetUserCommand({ UserName: name });
      const got = await ask('GetUser', () => client.send(command, { abortSignal }));
      if (!got) return undefined;
      const { UserId, UserName, Arn } = got.User ?? {};
      if (!UserId || !UserName || !Arn) throw unreadable('GetUser');
      return { id: UserId, name: UserName, account: Arn.split(':')[4] ?? '' };
    },

    async groupExists(GroupName: string, abortSignal: AbortSignal): Promise<boolean> {
      const command = new GetGroupCommand({ GroupName, MaxItems: 1 });
      return (await ask('GetGroup', () => client.send(command, { abortSignal }))) !== undefined;
    },

    async groupsOf(UserName: string, abortSignal: AbortSignal): Promise<readonly string[]> {
      const groups: string[] = [];
      for (let Marker: string | undefined, more = true; more;) {
        const command = new ListGroupsForUserCommand({ UserName, ...(Marker && { Marker }) });
        const page = await ask('ListGroupsForUser', () => client.send(command, { abortSignal }));
        if (page && !page.Groups) throw unreadable('ListGroupsForUser');
        groups.push(...(page?.Groups ?? []).map((group) => group.GroupName ?? ''));
        ({ Marker } = page ?? {});
        more = page?.IsTruncated === true && Marker !== undefined;
      }
      return groups;
    },

    async policyNames(UserName: string, abortSignal: AbortSignal): Promise<readonly string[]> {
      const names: string[] = [];
      for (let Marker: string | undefined, more = true; more;) {
        const command = new ListUserPoliciesCommand({ UserName, ...(Marker && { Marker }) });
        const page = await ask('ListUserPolicies', () => client.send(command, { abortSignal }));
        if (page && !page.PolicyNames) throw unreadable('ListUserPolicies');
        names.push(...(page?.PolicyNames ?? []));
        ({ Marker } = page ?? {});
        more = page?.IsTruncated === true && Marker !== undefined;
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

    /** Every user's inline policy names, in one paged call: the reaper must not need one call per user. */
    async inlinePolicies(abortSignal: AbortSignal): Promise<readonly { user: string; policy: string }[]> {
      const found: { user: string; policy: string }[] = [];
      for (let Marker: string | undefined, more = true; more;) {
        const command = new GetAccountAuthorizationDetailsCommand({
          Filter: ['User'],
          ...(Marker && { Marker }),
        });
        const page = await ask('GetAccountAuthorizationDetails', () => client.send(command, { abortSignal }));
        if (!page?.UserDetailList) throw unreadable('GetAccountAuthorizationDetails');
        for (const { UserName: user = '', UserPolicyList = [] } of page.UserDetailList)
          found.push(...UserPolicyList.map(({ PolicyName: policy = '' }) => ({ user, policy })));
        ({ Marker } = page);
        more = page.IsTruncated === true && Marker !== undefined;
      }
      return found;
    },
  };
}

const unreadable = (doing: string): Fault =>
  new Fault('provider-unavailable', `aws-iam: ${doing}: the answer is not one of IAM's`);
