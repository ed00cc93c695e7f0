import { GetAccountAuthorizationDetailsCommand, IAMClient, type UserDetail } from '@aws-sdk/client-iam';
import type { AccessRow, AccessState } from './access-row.ts';
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const statementsOf = (document: string): readonly Readonly<Record<string, unknown>>[] => {
  const parsed: unknown = JSON.parse(decodeURIComponent(document));
  const statements = isRecord(parsed) ? parsed['Statement'] : undefined;
  return (Array.isArray(statements) ? statements : [statements]).filter(isRecord);
};

const endOf = (statement: Readonly<Record<string, unknown>>): number | undefined => {
  const condition = statement['Condition'];
  const dates = isRecord(condition)
    ? (condition['DateLessThan'] ?? condition['DateLessThanEquals'])
    : undefined;
  const ends = isRecord(dates) ? [dates['aws:CurrentTime']].flat() : [];
  // AWS applies the statement while one of the dates is in the future, so the latest one counts.
  const at = Math.max(...ends.map((end) => (typeof end === 'string' ? Date.parse(end) : Number.NaN)));
  return Number.isFinite(at) ? at : undefined;
};

/**
 * When AWS itself stops applying a policy: the latest end of its statements. Undefined when one statement has
 * no end, because then the policy never ends by itself. `document` is URL-encoded JSON, as IAM returns it.
 */
export function policyEnd(document: string): number | undefined {
  const ends = statementsOf(document).map(endOf);
  const known = ends.filter((end) => end !== undefined);
  return known.length > 0 && known.length === ends.length ? Math.max(...known) : undefined;
}

const actionsOf = (document: string): string => {
  const actions = statementsOf(document).flatMap((statement) => statement['Action'] ?? []);
  return actions.filter((action) => typeof action === 'string').join(', ');
};

const stateOf = (end: number | undefined, now: number): AccessState =>
  end === undefined
    ? { kind: 'open' }
    : end > now
      ? { kind: 'open', until: end }
      : { kind: 'ended', at: end };

const rowsOf = (user: UserDetail, who: string, now: number): readonly AccessRow[] => {
  const name = user.UserName ?? '';
  const policies = (user.UserPolicyList ?? []).map(({ PolicyName = '', PolicyDocument = '{}' }) => ({
    id: `aws-${name}-${PolicyName}`,
    who,
    what: actionsOf(PolicyDocument) || 'an inline policy',
    state: stateOf(policyEnd(PolicyDocument), now),
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
