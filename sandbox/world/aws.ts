import { GetAccountAuthorizationDetailsCommand, IAMClient, type UserDetail } from '@aws-sdk/client-iam';
import type { AccessRow, AccessState } from './access-row.ts';
import { policyEnd, statementsOf, type PolicyEnd } from './policy-end.ts';
import type { Reading, VendorReader } from './vendor-watcher.ts';

/** `names` maps an IAM user name to the person's full name. IAM users that are not in it are not shown. */
export type AwsOptions = Readonly<{
  client: IAMClient;
  names: ReadonlyMap<string, string>;
  clock?: () => number;
}>;

/** A client for a simulated AWS on this machine, which accepts any key. */
export const iamAt = (endpoint: string): IAMClient =>
  new IAMClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  });

const actionsOf = (document: string): string => {
  const actions = statementsOf(document).flatMap((statement) => statement['Action'] ?? []);
  return actions.filter((action) => typeof action === 'string').join(', ');
};

const stateOf = (end: PolicyEnd, now: number): AccessState => {
  switch (end.kind) {
    case 'never':
      return { kind: 'open' };
    case 'nothing':
      return { kind: 'disabled', text: 'allows nothing' };
    case 'at':
      return end.at > now ? { kind: 'open', until: end.at } : { kind: 'ended', at: end.at };
  }
};

const rowsOf = (user: UserDetail, who: string, now: number): readonly AccessRow[] => {
  const name = user.UserName ?? '';
  const own = user.UserPolicyList ?? [];
  const documents = own.map(({ PolicyDocument = '{}' }) => PolicyDocument);
  const policies = own.map(({ PolicyName = '', PolicyDocument = '{}' }) => ({
    id: `aws-${name}-${PolicyName}`,
    who,
    what: actionsOf(PolicyDocument) || 'an inline policy',
    state: stateOf(policyEnd(PolicyDocument, documents), now),
    detail: `inline policy ${PolicyName}`,
  }));
  const groups = (user.GroupList ?? []).map((group) => ({
    id: `aws-${name}-group-${group}`,
    who,
    what: `member of the group ${group}`,
    state: { kind: 'open' } as const,
  }));
  return [...policies, ...groups];
};

async function usersOf(client: IAMClient, signal: AbortSignal): Promise<readonly UserDetail[]> {
  const users: UserDetail[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new GetAccountAuthorizationDetailsCommand({
        Filter: ['User'],
        ...(Marker !== undefined && { Marker }),
      }),
      { abortSignal: signal },
    );
    users.push(...(page.UserDetailList ?? []));
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker !== undefined);
  return users;
}

/** Reads the inline policies and groups of IAM users. The end comes from the condition in the policy. */
export const awsReader = ({ client, names, clock = Date.now }: AwsOptions): VendorReader => ({
  name: 'aws',
  title: 'AWS',
  where: 'IAM users: inline policies and groups',
  async read(signal): Promise<Reading> {
    const users = await usersOf(client, signal);
    const rows = users.flatMap((user) => {
      const who = names.get(user.UserName ?? '');
      return who === undefined ? [] : rowsOf(user, who, clock());
    });
    return { rows, empty: 'Nobody has an inline policy or a group.' };
  },
});
