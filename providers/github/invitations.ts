import type { Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import type { At } from './locate.ts';
import type { RepoRole } from './target.ts';

/** An open invitation to a repository. It gives no access until the person accepts it. */
export type Invitation = Readonly<{ id: number; role: RepoRole; login: string }>;

/** The open invitation of the account with this number. REST has no search, so the list is read. */
export async function invitationOf(
  { octokit: { rest }, owner, repo }: At,
  id: number,
): Promise<Invitation | undefined> {
  const query = { owner, repo, per_page: PAGE };
  for await (const { id: number, invitee, expired, permissions } of pages((page) =>
    rest.repos.listInvitations({ ...query, page }),
  ))
    if (invitee?.id === id && !expired)
      return { id: Number(number), role: permissions, login: invitee.login };
  return undefined;
}

export async function updateInvitation(
  { octokit: { rest }, owner, repo }: At,
  { id }: Invitation,
  role: RepoRole,
): Promise<void> {
  await rest.repos.updateInvitation({ owner, repo, invitation_id: id, permissions: role });
}

export async function deleteInvitation(
  { octokit: { rest }, owner, repo }: At,
  { id }: Invitation,
): Promise<void> {
  await unlessMissing(rest.repos.deleteInvitation({ owner, repo, invitation_id: id }));
}

/**
 * A collaborator or an invited person whose account GitHub does not show: it answers 404 also for accounts that an
 * enterprise manages and hides.
 */
export async function accountIn(at: At, id: number): Promise<Account | undefined> {
  const { octokit, owner, repo } = at;
  const { rest } = octokit;
  const direct = { owner, repo, per_page: PAGE, affiliation: 'direct' } as const;
  for await (const each of pages((page) => rest.repos.listCollaborators({ ...direct, page })))
    if (each.id === id) return { id, login: each.login, hidden: true };
  const invited = await invitationOf(at, id);
  return invited && { id, login: invited.login, hidden: true };
}
