import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Subject } from '../provider.ts';
import { unlessMissing } from './failures.ts';

/** An account as it is called today. Its number never changes and is never given to another. */
export type Account = Readonly<{ id: number; login: string }>;

/** The account of that name, for the observation. An organisation or a bot is nobody's account. */
export async function accountNamed({ rest }: Octokit, login: string): Promise<Subject> {
  const found = await unlessMissing(rest.users.getByUsername({ username: login }));
  if (!found) throw new Fault('subject-missing', `github: no account "${login}"`);
  if (found.data.type !== 'User')
    throw new Fault('subject-missing', `github: "${login}" is no person's account`);
  return { id: String(found.data.id), name: found.data.login };
}

/** By number, so that a renamed account is still found, and somebody who took over its name is not. */
export async function accountOf({ rest }: Octokit, { id }: Subject): Promise<Account | undefined> {
  const number = Number(id);
  if (!Number.isSafeInteger(number))
    throw new Fault('subject-missing', `github: "${id}" is no account's number`);
  const found = await unlessMissing(rest.users.getById({ account_id: number }));
  return found && { id: number, login: found.data.login };
}

/** To give to. An account of the same name and another number is somebody else. */
export async function requireAccount(octokit: Octokit, subject: Subject): Promise<Account> {
  const account = await accountOf(octokit, subject);
  if (account) return account;
  const other = await unlessMissing(octokit.rest.users.getByUsername({ username: subject.name }));
  throw other
    ? new Fault('subject-changed', `github: "${subject.name}" is another account now`)
    : new Fault('subject-missing', `github: the account "${subject.name}" is gone`);
}

export type OrgStanding = 'owner' | 'member' | 'invited' | 'outside';

/** What somebody is to the organisation. */
export async function orgStandingOf(
  { rest }: Octokit,
  org: string,
  { login }: Account,
): Promise<OrgStanding> {
  const found = await unlessMissing(rest.orgs.getMembershipForUser({ org, username: login }));
  if (!found) return 'outside';
  if (found.data.state !== 'active') return 'invited';
  return found.data.role === 'admin' ? 'owner' : 'member';
}

export const OWNER_NOTE =
  'An owner of the organisation: has everything in it already, and that is not ours to change.';
export const ACCOUNT_GONE = 'The account no longer exists, and its access went with it.';
