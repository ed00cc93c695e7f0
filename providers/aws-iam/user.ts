import { Fault } from '../../core/faults.ts';
import type { Receipt, Subject } from '../provider.ts';
import type { IamApi, IamUser } from './api.ts';
import type { AwsIamTarget } from './target.ts';

/**
 * The subject's user with its current name. IAM finds users by name only, and a renamed user keeps its id, its
 * policies and its groups. So when the name is unknown or belongs to another id, all users of the account are
 * searched for the id.
 */
export async function findUser(
  api: IamApi,
  subject: Subject,
  target: AwsIamTarget,
  signal: AbortSignal,
): Promise<IamUser | undefined> {
  const named = await api.user(subject.name, signal);
  if (named?.id === subject.id) {
    assertAccount(target, named.account);
    return named;
  }
  const renamed =
    (await findById(api, subject, target, signal)) ?? (await findById(api, subject, target, signal));
  return renamed && assertSameUser(api, { id: renamed.id, name: renamed.name }, signal);
}

/**
 * The user with this id in one reading of the account. A user that is renamed between two pages can be on neither, so
 * one reading is no proof of absence.
 */
async function findById(
  api: IamApi,
  { id }: Subject,
  target: AwsIamTarget,
  signal: AbortSignal,
): Promise<Subject | undefined> {
  const { number, users } = await api.account(['User'], signal);
  assertAccount(target, number);
  return users.find((each) => each.id === id);
}

/**
 * The receipt of a revoke from a user that is nowhere in the account. Without the number of the account in the target,
 * nobody can tell whether the credential is for the account in which the user was.
 */
export function receiptOfAbsence({ id }: Subject, { account }: AwsIamTarget): Receipt {
  if (account === undefined)
    throw new Fault(
      'not-verified',
      `aws-iam: no user has the id ${id}, and the target names no account, so it may be in another one`,
    );
  return { level: 'none', seen: `no user in account ${account} has the id ${id}` };
}

/** The user for a grant. A user with the same name and another id is another person. */
export async function requireUser(
  api: IamApi,
  subject: Subject,
  target: AwsIamTarget,
  signal: AbortSignal,
): Promise<IamUser> {
  const user = await findUser(api, subject, target, signal);
  if (user) return user;
  const other = await api.user(subject.name, signal);
  throw other
    ? new Fault(
        'subject-changed',
        `aws-iam: the user "${subject.name}" has the id ${other.id} now, not ${subject.id}`,
      )
    : new Fault('subject-missing', `aws-iam: no user "${subject.name}"`);
}

/** What was read by name counts only when the name still belongs to the same user afterwards. */
export async function assertSameUser(
  api: IamApi,
  { id, name }: Subject,
  signal: AbortSignal,
): Promise<IamUser> {
  const now = await api.user(name, signal);
  if (now?.id !== id)
    throw new Fault('not-verified', `aws-iam: the user "${name}" does not have the id ${id} at this moment`);
  return now;
}

/** A credential for another account sees other users. What it does not see is no proof of absence. */
export function assertAccount({ account }: AwsIamTarget, seen: string | undefined): void {
  if (account !== undefined && account !== seen)
    throw new Fault(
      'provider-forbidden',
      `aws-iam: Curfew's credential is for ${seen === undefined ? 'an account without a visible number' : `account ${seen}`}, not for account ${account}`,
    );
}
