import { Fault, messageOf } from '../../core/faults.ts';
import type { CutOff, CutOffResult, Subject } from '../provider.ts';
import type { IamApi } from './api.ts';
import type { AwsIamTarget } from './target.ts';
import { findUser } from './user.ts';

/** One policy of this name for each user. It is written again when the person is cut off again. */
export const CUT_OFF_POLICY = 'curfew-cut-off';

/**
 * Refuses every call of the user, whatever signs it: an access key, a session of the user (`GetSessionToken`, `GetFederationToken`, the
 * console) or a credential for one service. IAM evaluates the user's policies at each of these calls, and "an explicit deny in any of these
 * policies overrides the allow" (IAM User Guide, _Policy evaluation logic_). It has no condition on `aws:TokenIssueTime`: that would allow
 * every session that begins later, such as a new sign-in to the console. It does not count for calls that need no permission
 * (`GetCallerIdentity`, `GetSessionToken`), and not for the sessions of roles, which have the policies of the role.
 */
export const CUT_OFF_DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'CurfewCutOff', Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** Why nothing is granted to a user who was cut off. A grant would be recorded, and AWS would refuse all that it allows. */
export function assertNotCutOff(userName: string, policies: readonly string[]): void {
  if (policies.includes(CUT_OFF_POLICY))
    throw new Fault(
      'provider-refused',
      `aws-iam: everything of ${userName} was ended, and the policy ${CUT_OFF_POLICY} still refuses every call of this user. Delete the policy first, when it is safe`,
    );
}

/**
 * Refuses everything to each user and deactivates the access keys, where everything of a person ends. Curfew's own grants of others are not
 * touched: of an entitlement, nothing can be cut off with fewer calls than one for each lease. A user for whom something fails delays no other
 * one. It is always to be done again: "it might take a few minutes for policy updates to take effect" (IAM User Guide, _Disabling permissions
 * for temporary security credentials_), and until then the user may delete the policy and make keys.
 */
export async function cutOff(
  api: IamApi,
  { leases, wholeAccount, beforeChange }: CutOff<AwsIamTarget>,
  signal: AbortSignal,
): Promise<CutOffResult | undefined> {
  if (!wholeAccount) return undefined;
  const users = new Map(leases.map((each) => [each.subject.id, each]));
  const seen: string[] = [];
  for (const { subject, target } of users.values()) {
    const done = await cutOffUser(api, { subject, target, beforeChange }, signal).catch(
      (error: unknown) => `nothing of ${subject.name} is cut off: ${messageOf(error)}`,
    );
    if (done !== undefined) seen.push(done);
  }
  if (seen.length === 0) return undefined;
  return { seen: seen.join('; '), again: leases.map(({ lease }) => lease) };
}

type User = Pick<CutOff<AwsIamTarget>, 'beforeChange'> & Readonly<{ subject: Subject; target: AwsIamTarget }>;

/**
 * The policy comes first, because it also refuses what the keys sign. The two do not depend on each other, so when one is refused, the
 * other is done. What somebody must undo is named before the first change, because a call whose answer is lost may have done it (F01).
 * Returns what is cut off, as a sentence. Undefined when the user does not exist any more.
 */
async function cutOffUser(api: IamApi, { subject, target, beforeChange }: User, signal: AbortSignal) {
  // The user may be renamed, and then another person's user may have the name.
  const user = await findUser(api, subject, target, signal);
  if (!user) return undefined;
  const { name } = user;
  const keys = await api
    .activeKeys(name, signal)
    .catch((error: unknown) => whyNot(error, 'iam:ListAccessKeys'));
  await beforeChange([undoOfPolicy(name), ...(typeof keys === 'string' ? [] : keys.map(undoOfKey(name)))]);
  return [
    await refuseEverything(api, name, signal),
    `sessions of roles that ${name} assumed go on: revoke them at each role`,
    typeof keys === 'string'
      ? `it is not known which access keys of ${name} are active: ${keys}`
      : await deactivateKeys(api, { name, keys }, signal),
  ].join('; ');
}

const undoOfPolicy = (name: string): string =>
  `If ${name} has the inline policy ${CUT_OFF_POLICY}, delete it when it is safe: until then AWS refuses every call of this user.`;
const undoOfKey =
  (name: string) =>
  (key: string): string =>
    `If the access key ${key} of ${name} is inactive, activate or replace it.`;

const refuseEverything = (api: IamApi, name: string, signal: AbortSignal): Promise<string> =>
  api.putPolicy(name, CUT_OFF_POLICY, CUT_OFF_DOCUMENT, signal).then(
    () => `the policy ${CUT_OFF_POLICY} refuses every call of ${name} within a few minutes`,
    (error: unknown) =>
      `sessions, the console password and service credentials of ${name} still work: ${whyNot(error, 'iam:PutUserPolicy')}`,
  );

async function deactivateKeys(
  api: IamApi,
  { name, keys }: Readonly<{ name: string; keys: readonly string[] }>,
  signal: AbortSignal,
): Promise<string> {
  const failures: string[] = [];
  for (const key of keys)
    await api
      .deactivateKey(name, key, signal)
      .catch((error: unknown) => void failures.push(`${key} (${whyNot(error, 'iam:UpdateAccessKey')})`));
  return failures.length === 0
    ? `no access key of ${name} is active`
    : `these access keys of ${name} may be active: ${failures.join(', ')}`;
}

/** Short, because the ledger stores one sentence for all. */
const whyNot = (error: unknown, permission: string): string =>
  error instanceof Fault && error.code === 'provider-forbidden'
    ? `Curfew's credential needs ${permission}`
    : messageOf(error);
