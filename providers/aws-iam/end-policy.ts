import { Fault } from '../../core/faults.ts';
import type { ManagedObject, Receipt } from '../provider.ts';
import type { IamApi, IamUser } from './api.ts';
import { readPolicyName } from './policy.ts';
import type { PolicyTarget } from './target.ts';
import { assertSameUser, findUser } from './user.ts';
import type { IamClock } from './vendor-clock.ts';

type Call = Readonly<{ clock: IamClock; signal: AbortSignal }>;

/** Only the account of the credential is listed, so the object is in that one. */
const ANYWHERE: PolicyTarget = { kind: 'policy', statements: [] };

/**
 * Deletes one policy with the mark of a lease. Its name says the lease and the end, so nothing else is needed. Another policy of the
 * same lease, with a later end, stays.
 */
export async function endPolicy(
  api: IamApi,
  { lease, subject, subjectId, what }: ManagedObject,
  { clock, signal }: Call,
): Promise<Receipt> {
  const named = readPolicyName(what);
  if (named?.lease !== lease)
    throw new Fault('provider-refused', `aws-iam: ${what} is not the name of a policy of ${lease}`);
  const user = await userOf(api, { subject, subjectId }, signal);
  if (!user) return { level: 'none', seen: `no user has the policy ${what}` };
  const shown = await isListed(api, user, what, signal);
  const now = clock.latest();
  if (shown && now !== undefined && named.endsAt > now)
    return {
      level: 'present',
      found: 'present',
      seen: `${user.name} has the policy ${what}, and it has not ended`,
    };
  // Sent also when the list does not show it: the list may be older than the write.
  await api.deletePolicy(user.name, what, signal);
  if (await isListed(api, user, what, signal))
    throw new Fault('not-verified', `aws-iam: IAM still lists ${what}`);
  await assertSameUser(api, { id: user.id, name: user.name }, signal);
  return {
    level: 'none',
    found: shown ? 'present' : 'none',
    seen: `${user.name} (${user.id}) has no policy ${what}`,
    ...(shown && { lowered: true }),
  };
}

const isListed = async (
  api: IamApi,
  { name }: IamUser,
  what: string,
  signal: AbortSignal,
): Promise<boolean> => (await api.policyNames(name, signal)).includes(what);

/** A renamed user keeps its policies, and is found by its id. */
const userOf = (
  api: IamApi,
  { subject, subjectId }: Readonly<{ subject: string; subjectId: string | undefined }>,
  signal: AbortSignal,
): Promise<IamUser | undefined> =>
  subjectId === undefined
    ? api.user(subject, signal)
    : findUser(api, { id: subjectId, name: subject }, ANYWHERE, signal);
