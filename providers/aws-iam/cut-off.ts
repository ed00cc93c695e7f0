import { messageOf } from '../../core/faults.ts';
import type { CutOff, CutOffResult, Subject } from '../provider.ts';
import type { IamApi } from './api.ts';
import type { AwsIamTarget } from './target.ts';
import { findUser } from './user.ts';

/** One policy of this name for each user. It is written again when the person is cut off again. */
const POLICY_NAME = 'curfew-cut-off';

/**
 * Refuses everything to the temporary credentials of a user that were issued before this time. AWS's own button "Revoke active sessions" puts
 * the same policy on a role (IAM User Guide, _Revoke IAM role temporary security credentials_). This one is the user's own, so it is about one
 * person. It refuses nothing that is issued later, and a call with an access key has no such time, so it does no harm when it stays.
 */
export const cutOffDocument = (before: Date): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'CurfewCutOff',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': before.toISOString() } },
      },
    ],
  });

/**
 * Ends the temporary credentials and the access keys of each user, where everything of a person ends. Curfew's own grants of others are not
 * touched: of an entitlement, nothing can be cut off with fewer calls than one for each lease. A user for whom something fails delays no other
 * one.
 */
export async function cutOff(
  api: IamApi,
  { leases, wholeAccount, beforeChange }: CutOff<AwsIamTarget>,
  signal: AbortSignal,
  now = new Date(),
): Promise<CutOffResult | undefined> {
  if (!wholeAccount) return undefined;
  const users = new Map(leases.map((each) => [each.subject.id, each]));
  const results: CutOffResult[] = [];
  for (const { subject, target } of users.values()) {
    const done = await cutOffUser(api, { subject, target, beforeChange }, { signal, now }).catch(
      (error: unknown) => ({
        seen: `nothing of ${subject.name} is cut off: ${messageOf(error)}`,
        isWhole: false,
      }),
    );
    if (!done) continue;
    const ofUser = leases.filter((each) => each.subject.id === subject.id).map(({ lease }) => lease);
    results.push({ seen: done.seen, failed: done.isWhole ? [] : ofUser });
  }
  if (results.length === 0) return undefined;
  return {
    seen: results.map(({ seen }) => seen).join('; '),
    failed: results.flatMap(({ failed }) => failed),
  };
}

type At = Readonly<{ signal: AbortSignal; now: Date }>;
type User = Pick<CutOff<AwsIamTarget>, 'beforeChange'> & Readonly<{ subject: Subject; target: AwsIamTarget }>;
type Done = Readonly<{ seen: string; isWhole: boolean }>;

/** The two do not depend on each other, so when one is refused, the other is done. */
async function cutOffUser(api: IamApi, user: User, at: At): Promise<Done | undefined> {
  const { subject, target } = user;
  // An account that was deleted and created again under this name is another person's.
  if (!(await findUser(api, subject, target, at.signal))) return undefined;
  const parts = [
    await refuseSessions(api, subject.name, at),
    await deactivateKeys(api, user, at.signal).catch((error: unknown) => ({
      seen: `no access key is deactivated: ${messageOf(error)}`,
      isWhole: false,
    })),
  ];
  return { seen: parts.map(({ seen }) => seen).join('; '), isWhole: parts.every(({ isWhole }) => isWhole) };
}

const refuseSessions = (api: IamApi, name: string, { signal, now }: At): Promise<Done> =>
  api.putPolicy(name, POLICY_NAME, cutOffDocument(now), signal).then(
    () => ({
      seen: `sessions of ${name} from before ${now.toISOString()} are refused by the policy ${POLICY_NAME}`,
      isWhole: true,
    }),
    (error: unknown) => ({
      seen: `sessions of ${name} are not refused: ${messageOf(error)}`,
      isWhole: false,
    }),
  );

/** The keys are named before the first one is deactivated, because a call whose answer is lost may have done it (F01). */
async function deactivateKeys(
  api: IamApi,
  { subject: { name }, beforeChange }: User,
  signal: AbortSignal,
): Promise<Done> {
  const keys = await api.activeKeys(name, signal);
  if (keys.length > 0)
    await beforeChange(
      keys.map((key) => `If the access key ${key} of ${name} is inactive, activate or replace it.`),
    );
  const failures: string[] = [];
  for (const key of keys)
    await api
      .deactivateKey(name, key, signal)
      .catch((error: unknown) => void failures.push(`${key}: ${messageOf(error)}`));
  const deactivated = `${keys.length - failures.length} access keys are deactivated`;
  return failures.length === 0
    ? { seen: deactivated, isWhole: true }
    : { seen: `${deactivated}, and of the others it is not known: ${failures.join(', ')}`, isWhole: false };
}
