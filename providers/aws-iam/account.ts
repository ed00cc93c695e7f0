import {
  GetAccountAuthorizationDetailsCommand,
  type EntityType,
  type GetAccountAuthorizationDetailsResponse,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { pages, readArn, send, unexpectedAnswer } from './calls.ts';

type Entity = Readonly<{ id: string; name: string; arn: string; createdAt: number | undefined }>;
/** `boundary` is the ARN of its permissions boundary. `policies` and `attached` are names. */
export type AccountUser = Entity &
  Readonly<{
    boundary: string | undefined;
    policies: readonly string[];
    attached: readonly string[];
    groups: readonly string[];
  }>;
/** `trust` says who may assume it, as the API returns it. `boundary` is the ARN of its permissions boundary. */
export type AccountRole = Entity & Readonly<{ trust: string; boundary: string | undefined }>;
/** `documents` are its inline policies, as the API returns them. `attached` are the ARNs of its managed policies. */
export type AccountGroup = Entity & Readonly<{ documents: readonly string[]; attached: readonly string[] }>;
/** A managed policy of the account. `document` is its default version. `isNewest` says whether that is the newest one. */
export type AccountPolicy = Readonly<{
  arn: string;
  changedAt: number | undefined;
  document: string;
  isNewest: boolean;
}>;

/** What `GetAccountAuthorizationDetails` shows. `number` is undefined for an account without users and roles. */
export type IamAccount = Readonly<{
  number: string | undefined;
  users: readonly AccountUser[];
  roles: readonly AccountRole[];
  groups: readonly AccountGroup[];
  policies: readonly AccountPolicy[];
}>;

const ACTION = 'GetAccountAuthorizationDetails';
/** The largest page that IAM allows, so that an account of usual size needs one request. */
const PAGE = 1_000;

/** A user with its inline policies, whose documents are as the API returns them. */
export type UserWithPolicies = Readonly<{
  id: string;
  name: string;
  account: string | undefined;
  policies: readonly Readonly<{ name: string; document: string }>[];
}>;

/** One reading of the whole account, in few calls: not one for each user. */
export const accountApi = (client: IAMClient) => ({
  /** One page of all users with their inline policies. `next` is the marker of the next page. */
  async userPage(
    Marker: string | undefined,
    abortSignal: AbortSignal,
  ): Promise<Readonly<{ users: readonly UserWithPolicies[]; next?: string }>> {
    const command = new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: PAGE, Marker });
    const got = await send(ACTION, () => client.send(command, { abortSignal }));
    if (!got?.UserDetailList || (got.IsTruncated && !got.Marker)) throw unexpectedAnswer(ACTION);
    return {
      users: got.UserDetailList.map(({ UserId = '', UserName = '', Arn, UserPolicyList = [] }) => ({
        id: UserId,
        name: UserName,
        account: readArn(Arn).account,
        policies: UserPolicyList.map(({ PolicyName = '', PolicyDocument = '' }) => ({
          name: PolicyName,
          document: PolicyDocument,
        })),
      })),
      ...(got.IsTruncated && got.Marker ? { next: got.Marker } : {}),
    };
  },

  async account(parts: readonly EntityType[], abortSignal: AbortSignal): Promise<IamAccount> {
    const read: GetAccountAuthorizationDetailsResponse[] = [];
    const details = (Filter: readonly EntityType[], at: { Marker?: string | undefined }) =>
      client.send(new GetAccountAuthorizationDetailsCommand({ Filter: [...Filter], MaxItems: PAGE, ...at }), {
        abortSignal,
      });
    for await (const page of pages(ACTION, (at) => details(parts, at))) {
      if (parts.includes('User') && !page.UserDetailList) throw unexpectedAnswer(ACTION);
      read.push(page);
    }
    // "No such entity" is no answer to this call. Taken for an empty rest, it would be a false proof of absence.
    if (read.length === 0 || read.at(-1)?.IsTruncated) throw unexpectedAnswer(ACTION);
    const account = {
      users: read.flatMap(({ UserDetailList = [] }) => UserDetailList.map(userOf)),
      roles: read.flatMap(({ RoleDetailList = [] }) => RoleDetailList.map(roleOf)),
      groups: read.flatMap(({ GroupDetailList = [] }) => GroupDetailList.map(groupOf)),
      policies: read.flatMap(({ Policies = [] }) => Policies.map(policyOf)),
    };
    const seen = account.users[0]?.arn ?? account.roles[0]?.arn;
    // An account without users still has roles, and a role's ARN contains the account's number.
    const arn = seen ?? (await send(ACTION, () => details(['Role'], {})))?.RoleDetailList?.[0]?.Arn;
    return { number: readArn(arn).account, ...account };
  },
});

type Detail<K extends 'UserDetailList' | 'RoleDetailList' | 'GroupDetailList' | 'Policies'> = NonNullable<
  GetAccountAuthorizationDetailsResponse[K]
>[number];

const namesOf = (list: readonly { PolicyName?: string | undefined }[] = []): readonly string[] =>
  list.map(({ PolicyName = '' }) => PolicyName);
const at = (date: Date | undefined): number | undefined => date?.getTime();

const userOf = (user: Detail<'UserDetailList'>): AccountUser => ({
  id: user.UserId ?? '',
  name: user.UserName ?? '',
  arn: user.Arn ?? '',
  createdAt: at(user.CreateDate),
  boundary: user.PermissionsBoundary?.PermissionsBoundaryArn,
  policies: namesOf(user.UserPolicyList),
  attached: namesOf(user.AttachedManagedPolicies),
  groups: user.GroupList ?? [],
});

const roleOf = (role: Detail<'RoleDetailList'>): AccountRole => ({
  id: role.RoleId ?? '',
  name: role.RoleName ?? '',
  arn: role.Arn ?? '',
  createdAt: at(role.CreateDate),
  trust: role.AssumeRolePolicyDocument ?? '',
  boundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
});

const groupOf = (group: Detail<'GroupDetailList'>): AccountGroup => ({
  id: group.GroupId ?? '',
  name: group.GroupName ?? '',
  arn: group.Arn ?? '',
  createdAt: at(group.CreateDate),
  documents: (group.GroupPolicyList ?? []).map(({ PolicyDocument = '' }) => PolicyDocument),
  attached: (group.AttachedManagedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn),
});

const policyOf = ({
  Arn: arn = '',
  UpdateDate,
  PolicyVersionList = [],
}: Detail<'Policies'>): AccountPolicy => {
  const applied = PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion);
  const dateOf = (version: typeof applied) => at(version?.CreateDate) ?? 0;
  return {
    arn,
    changedAt: at(UpdateDate),
    document: applied?.Document ?? '',
    isNewest: PolicyVersionList.every((version) => dateOf(version) <= dateOf(applied)),
  };
};
