import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { IamAccount } from './account.ts';
import type { IamApi } from './api.ts';
import type { CredentialList, IamCredential } from './credentials.ts';
import { planOf, unseenSentence } from './leftover-plan.ts';
import { readDocument, readPolicyName } from './policy.ts';
import { lookedAtSince } from './request-time.ts';
import type { AwsIamTarget } from './target.ts';

/** How much a note names of one kind. A receipt is read by people, and Slack limits its length. */
const NAMED = 10;

/** The user that the account has now. Undefined when it was deleted. */
type Search = Readonly<{
  lease: LeaseId;
  target: AwsIamTarget;
  user: Readonly<{ id: string; name: string }> | undefined;
}>;
/** `found` was made since the request. `older` was not, and may have been changed since. */
type Part = Readonly<{ found: readonly string[]; older?: readonly string[]; unread: readonly string[] }>;

/**
 * What may let the person come in again after the end (T33), as a sentence for the receipt. Undefined when nothing was
 * found. IAM does not say who made something, so everything that was made since the request, or up to five minutes before, is named. What cannot be read
 * is named too. It never delays the receipt: the access itself has been revoked.
 */
export async function findLeftovers(
  api: IamApi,
  search: Search,
  signal: AbortSignal,
): Promise<string | undefined> {
  const plan = planOf(search.target);
  const since = lookedAtSince(search.lease);
  const changeable = (list: CredentialList) => plan.changeable.includes(list);
  const parts = [
    ...(search.user
      ? await Promise.all(
          plan.lists.map((list) =>
            credentials(api, list, { ...search, since, changeable: changeable(list) }, signal),
          ),
        )
      : []),
    ...(plan.account ? [await account(api, { ...search, since }, signal)] : []),
  ];
  const found = parts.flatMap((part) => part.found);
  const older = parts.flatMap((part) => part.older ?? []);
  const unread = parts.flatMap((part) => part.unread);
  const sentences = [
    ...(found.length > 0
      ? [`May outlive the lease: ${shown(found).join('; ')}. IAM does not say who made it.`]
      : []),
    ...(older.length > 0
      ? [
          `Older than the request, and perhaps changed or made active again: ${shown(older).join('; ')}. IAM has no date for that.`,
        ]
      : []),
    ...(unread.length > 0 ? [`Not looked for, because it could not be read: ${unread.join(', ')}.`] : []),
    unseenSentence(plan),
  ].filter(Boolean);
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

type Since = Search & Readonly<{ since: number }>;

async function credentials(
  api: IamApi,
  list: CredentialList,
  { user, since, changeable }: Since & Readonly<{ changeable: boolean }>,
  signal: AbortSignal,
): Promise<Part> {
  return readable(list, async () => {
    const all = await api.credentials(list, user?.name ?? '', signal);
    const isNew = ({ at }: IamCredential) => at === undefined || at >= since;
    return {
      found: all.filter(isNew).map(({ what, at }) => `${what}${timeInBrackets(at)}`),
      older: all.filter((each) => changeable && each.isActive && !isNew(each)).map(({ what }) => what),
    };
  });
}

async function account(api: IamApi, { user, since }: Since, signal: AbortSignal): Promise<Part> {
  return readable('GetAccountAuthorizationDetails', async () => {
    const seen = await api.account(['User', 'Group', 'Role', 'LocalManagedPolicy'], signal);
    return {
      found: [...madeSince(seen, since), ...keptBy(seen, user?.id)],
      older: withOlderDefault(seen, since),
    };
  });
}

const madeSince = ({ users, groups, roles, policies }: IamAccount, since: number): readonly string[] => [
  ...users
    .filter(isSince(since))
    .map(({ name, createdAt }) => `the user ${name}${timeInBrackets(createdAt)}`),
  ...groups
    .filter(isSince(since))
    .map(({ name, createdAt }) => `the group ${name}${timeInBrackets(createdAt)}`),
  ...roles
    .filter(isSince(since))
    .map(({ name, createdAt }) => `the role ${name}${timeInBrackets(createdAt)}`),
  ...policies
    .filter(({ changedAt }) => changedAt !== undefined && changedAt >= since)
    .map(({ arn, changedAt }) => `the managed policy ${arn}${timeInBrackets(changedAt)}`),
];

/**
 * Managed policies of which IAM applies another version than the newest one. `SetDefaultPolicyVersion` leaves no date: the date of
 * a policy is that of its newest version (IAM API reference, "Policy": UpdateDate).
 */
const withOlderDefault = ({ policies }: IamAccount, since: number): readonly string[] =>
  policies
    .filter(({ isNewest, changedAt }) => !isNewest && !(changedAt !== undefined && changedAt >= since))
    .map(({ arn }) => `the managed policy ${arn}, of which an older version applies`);

const isSince =
  (since: number) =>
  ({ createdAt }: Readonly<{ createdAt: number | undefined }>): boolean =>
    createdAt !== undefined && createdAt >= since;

/** What the user has besides its leases. IAM does not say since when, so it is named without a date. */
function keptBy({ users, roles }: IamAccount, id: string | undefined): readonly string[] {
  const user = users.find((each) => each.id === id);
  if (!user) return [];
  const policies = user.policies.filter((name) => !readPolicyName(name));
  const trusting = roles.filter(({ trust }) => containsAny(readDocument(trust), [user.arn, user.id]));
  const parts = [
    ...(policies.length > 0 ? [`the inline policies ${shown(policies).join(', ')}`] : []),
    ...(user.attached.length > 0 ? [`the managed policies ${shown(user.attached).join(', ')}`] : []),
    ...(user.groups.length > 0 ? [`membership in ${user.groups.join(', ')}`] : []),
    ...(trusting.length > 0
      ? [`the trust of the roles ${shown(trusting.map(({ name }) => name)).join(', ')}`]
      : []),
  ];
  return parts.length > 0 ? [`${user.name} has ${parts.join(', ')} (since when is unknown)`] : [];
}

/** Whether a document has one of these texts, as a whole, somewhere. */
const containsAny = (document: unknown, texts: readonly string[]): boolean =>
  typeof document === 'string'
    ? texts.includes(document)
    : Object.values(Object(document) as object).some((inside) => containsAny(inside, texts));

/** A read that fails is named, and the receipt does not wait for it. */
async function readable(action: string, read: () => Promise<Omit<Part, 'unread'>>): Promise<Part> {
  try {
    return { ...(await read()), unread: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { found: [], unread: [`iam:${action} (${error.code})`] };
  }
}

const shown = (all: readonly string[]): readonly string[] =>
  all.length > NAMED ? [...all.slice(0, NAMED), `${all.length - NAMED} more`] : all;

const timeInBrackets = (at: number | undefined): string =>
  at === undefined ? '' : ` (${new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')})`;
