import { Fault } from '../../core/faults.ts';
import type { Subject } from '../provider.ts';
import type { IamApi, IamUser } from './api.ts';
import type { AwsIamTarget } from './target.ts';

/**
 * The subject's user as it is called today. IAM is asked by name, and a renamed user keeps its id, its
 * policies and its groups: so a name that leads nowhere, or to somebody else, proves nothing, and the
 * whole account is searched for the id.
 */
export async function userOf(
  api: IamApi,
  subject: Subject,
  target: AwsIamTarget,
  signal: AbortSignal,
): Promise<IamUser | undefined> {
  const named = await api.user(subject.name, signal);
  if (named?.id === subject.id) {
    needAccount(target, named.account);
    return named;
  }
  const { account, users } = await api.everybody(signal);
  needAccount(target, account);
  const renamed = users.find(({ id }) => id === subject.id);
  return renamed && needSame(api, { id: renamed.id, name: renamed.name }, signal);
}

/** To give to. A user of the same name and another id is somebody else. */
export async function needUser(
  api: IamApi,
  subject: Subject,
  target: AwsIamTarget,
  signal: AbortSignal,
): Promise<IamUser> {
  const user = await userOf(api, subject, target, signal);
  if (user) return user;
  const other = await api.user(subject.name, signal);
  throw other
    ? new Fault('subject-changed', `aws-iam: user "${subject.name}" is ${other.id} now, not ${subject.id}`)
    : new Fault('subject-missing', `aws-iam: no user "${subject.name}"`);
}

/** What was read by a name counts only if the name still is that user's afterwards. */
export async function needSame(api: IamApi, { id, name }: Subject, signal: AbortSignal): Promise<IamUser> {
  const now = await api.user(name, signal);
  if (now?.id !== id) throw new Fault('not-verified', `aws-iam: "${name}" is not ${id} any more, or not yet`);
  return now;
}

/** A credential for another account sees other people, and must not take them for proof of absence. */
export function needAccount({ account }: AwsIamTarget, seen: string | undefined): void {
  if (account !== undefined && account !== seen)
    throw new Fault(
      'provider-forbidden',
      `aws-iam: our credential is for ${seen ?? 'an account that shows no number'}, not ${account}`,
    );
}
