import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Subject } from '../provider.ts';
import { unlessMissing } from './failed-call.ts';

/**
 * An account with its current name. Its number never changes and never belongs to another account. `hidden`: GitHub does
 * not show the account itself, and its name was read in a list of the target. Then a 404 for a call with the name says
 * nothing, because it may be the answer for the account and not for the target.
 */
export type Account = Readonly<{ id: number; login: string; hidden: boolean }>;

/** The account with this name, for the observation. An organisation or a bot is not a person's account. */
export async function accountNamed({ rest }: Octokit, login: string): Promise<Subject> {
  const found = await unlessMissing(rest.users.getByUsername({ username: login }));
  if (!found) throw new Fault('subject-missing', `github: no account "${login}"`);
  if (found.data.type !== 'User')
    throw new Fault('subject-missing', `github: the account "${login}" does not belong to a person`);
  return { id: String(found.data.id), name: found.data.login };
}

/**
 * Finds the account by number. So a renamed account is still found, and another account that took its name is not.
 * Undefined also for an account that an enterprise manages and hides: "If you are not authorized, the request will return a
 * 404" (Get a user).
 */
export async function accountOf({ rest }: Octokit, { id }: Subject): Promise<Account | undefined> {
  const number = Number(id);
  if (!Number.isSafeInteger(number))
    throw new Fault('subject-missing', `github: "${id}" is not the number of an account`);
  const found = await unlessMissing(rest.users.getById({ account_id: number }));
  return found && { id: number, login: found.data.login, hidden: false };
}

/** The account for a grant. An account with the same name and another number is another person. */
export async function requireAccount(octokit: Octokit, subject: Subject): Promise<Account> {
  const account = await accountOf(octokit, subject);
  if (account) return account;
  const other = await unlessMissing(octokit.rest.users.getByUsername({ username: subject.name }));
  throw other
    ? new Fault('subject-changed', `github: the name "${subject.name}" belongs to another account now`)
    : new Fault('subject-missing', `github: the account "${subject.name}" does not exist any more`);
}

export type OrgStanding = 'owner' | 'member' | 'invited' | 'outside';

/** A person's relation to the organisation. */
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

/** An owner's role does not show what they have of their own, so Curfew could not restore it. */
export const ownerRefusal = ({ login }: Account, org: string): string =>
  `github: ${login} is an owner of ${org} and already has access to everything, so there is nothing to grant`;

export const THROUGH_OWNERSHIP = 'as an owner of the organisation';
export const OWNER_NOTE =
  'The person is an owner of the organisation and already has access to everything. Curfew does not change that.';
export const ACCOUNT_MISSING_NOTE =
  'GitHub does not show the account. It was deleted, or an enterprise hides it. It has no access to this target.';
