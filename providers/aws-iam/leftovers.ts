import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { IamAccount } from './account.ts';
import type { IamApi } from './api.ts';
import { CREDENTIAL_LISTS, type CredentialList } from './credentials.ts';
import { allowsOf, readPolicyName } from './policy.ts';
import { risksOf, type RiskKind } from './risks.ts';
import type { AwsIamTarget } from './target.ts';

/** How much a note names of one kind. A receipt is read by people, and Slack limits its length. */
const NAMED = 10;

/** With these, a person can get every other permission. So everything is looked for. */
const WAYS_TO_ALL: readonly RiskKind[] = ['roles', 'permissions', 'pass-role', 'code'];
/** The user that the account has now. Undefined when it was deleted. */
type Search = Readonly<{
  lease: LeaseId;
  target: AwsIamTarget;
  user: Readonly<{ id: string; name: string }> | undefined;
}>;
type Part = Readonly<{ found: readonly string[]; unread: readonly string[] }>;

/** What a revoke looks for: lists of credentials, the account, and whether something is out of Curfew's sight. */
export type Plan = Readonly<{ lists: readonly CredentialList[]; account: boolean; sharing: boolean }>;

const MAKES: Readonly<Record<CredentialList, RegExp>> = {
  ListAccessKeys: /AccessKey$/,
  GetLoginProfile: /LoginProfile$|ChangePassword$/,
  ListServiceSpecificCredentials: /ServiceSpecificCredential$/,
  ListSSHPublicKeys: /SSHPublicKey$/,
  ListSigningCertificates: /SigningCertificate$/,
  ListMFADevices: /MFADevice$/,
};

/** Only what the lease can have made is looked for, so that an ordinary revoke costs no more requests. */
export function planOf(target: AwsIamTarget): Plan {
  // What the policies of a group allow can change at any time. So everything is looked for.
  if (target.kind === 'group') return { lists: CREDENTIAL_LISTS, account: true, sharing: true };
  const allows = allowsOf(target.statements);
  const risks = risksOf(allows);
  const kinds = risks.map(({ kind }) => kind);
  const sharing = kinds.includes('sharing');
  if (allows('sts:AssumeRole') || kinds.some((kind) => WAYS_TO_ALL.includes(kind)))
    return { lists: CREDENTIAL_LISTS, account: true, sharing };
  const made = risks.filter(({ kind }) => kind === 'credentials').flatMap(({ actions }) => actions);
  return {
    lists: CREDENTIAL_LISTS.filter((list) =>
      made.some((action) => action.startsWith('iam:') && MAKES[list].test(action)),
    ),
    account: made.includes('iam:CreateUser'),
    sharing,
  };
}

/**
 * What may let the person come in again after the end (T33), as a sentence for the receipt. Undefined when nothing was
 * found. IAM does not say who made something, so everything that was made since the request is named. What cannot be read
 * is named too. It never delays the receipt: the access itself has been revoked.
 */
export async function findLeftovers(
  api: IamApi,
  search: Search,
  signal: AbortSignal,
): Promise<string | undefined> {
  const plan = planOf(search.target);
  const since = requestedAt(search.lease);
  const parts = [
    ...(search.user
      ? await Promise.all(plan.lists.map((list) => credentials(api, list, { ...search, since }, signal)))
      : []),
    ...(plan.account ? [await account(api, { ...search, since }, signal)] : []),
  ];
  const found = parts.flatMap((part) => part.found);
  const unread = parts.flatMap((part) => part.unread);
  const sentences = [
    ...(found.length > 0
      ? [`May outlive the lease: ${shown(found).join('; ')}. IAM does not say who made it.`]
      : []),
    ...(unread.length > 0 ? [`Not looked for, because it could not be read: ${unread.join(', ')}.`] : []),
    ...(plan.sharing && search.target.kind === 'policy'
      ? ['Curfew does not look for what was shared by policies of resources, grants and copies.']
      : []),
  ];
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

type Since = Search & Readonly<{ since: number }>;

async function credentials(
  api: IamApi,
  list: CredentialList,
  { user, since }: Since,
  signal: AbortSignal,
): Promise<Part> {
  return readable(list, async () => {
    const all = await api.credentials(list, user?.name ?? '', signal);
    return all.filter(({ at }) => at === undefined || at >= since).map(({ what, at }) => `${what}${day(at)}`);
  });
}

async function account(api: IamApi, { user, since }: Since, signal: AbortSignal): Promise<Part> {
  return readable('GetAccountAuthorizationDetails', async () => {
    const seen = await api.account(['User', 'Role', 'LocalManagedPolicy'], signal);
    return [...madeSince(seen, since), ...keptBy(seen, user?.id)];
  });
}

const madeSince = ({ users, roles, policies }: IamAccount, since: number): readonly string[] => [
  ...users.filter(isSince(since)).map(({ name, createdAt }) => `the user ${name}${day(createdAt)}`),
  ...roles.filter(isSince(since)).map(({ name, createdAt }) => `the role ${name}${day(createdAt)}`),
  ...policies
    .filter(({ changedAt }) => changedAt !== undefined && changedAt >= since)
    .map(({ arn, changedAt }) => `the managed policy ${arn}${day(changedAt)}`),
];

const isSince =
  (since: number) =>
  ({ createdAt }: Readonly<{ createdAt: number | undefined }>): boolean =>
    createdAt !== undefined && createdAt >= since;

/** What the user has besides its leases. IAM does not say since when, so it is named without a date. */
function keptBy({ users }: IamAccount, id: string | undefined): readonly string[] {
  const user = users.find((each) => each.id === id);
  if (!user) return [];
  const policies = user.policies.filter((name) => !readPolicyName(name));
  const parts = [
    ...(policies.length > 0 ? [`the inline policies ${shown(policies).join(', ')}`] : []),
    ...(user.attached.length > 0 ? [`the managed policies ${shown(user.attached).join(', ')}`] : []),
    ...(user.groups.length > 0 ? [`membership in ${user.groups.join(', ')}`] : []),
  ];
  return parts.length > 0 ? [`${user.name} has ${parts.join(', ')} (since when is unknown)`] : [];
}

/** A read that fails is named, and the receipt does not wait for it. */
async function readable(action: string, read: () => Promise<readonly string[]>): Promise<Part> {
  try {
    return { found: await read(), unread: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { found: [], unread: [`iam:${action} (${error.code})`] };
  }
}

const shown = (all: readonly string[]): readonly string[] =>
  all.length > NAMED ? [...all.slice(0, NAMED), `${all.length - NAMED} more`] : all;

const day = (at: number | undefined): string =>
  at === undefined ? '' : ` (${new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')})`;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * When the request was made, in milliseconds: the id of a lease is that of its click, a UUID of version 7 (RFC 9562), which
 * begins with its time. IAM stores whole seconds, so the time is rounded down. 0 for an id of another version.
 */
export function requestedAt(lease: LeaseId): number {
  const digits = lease.replace('lease_', '').slice(0, 11);
  const value = [...digits].reduce((sum, digit) => sum * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
  // 26 digits of 5 bits are 2 more than a UUID has. The first 11 have the time (48 bits), the version (4) and one bit.
  const version = Number((value >> 1n) & 15n);
  return version === 7 ? Math.floor(Number(value >> 5n) / 1_000) * 1_000 : 0;
}
