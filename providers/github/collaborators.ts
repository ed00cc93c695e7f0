import type { Octokit } from '@octokit/rest';
import type { Level } from '../provider.ts';
import type { Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { isBelowBase, unlessMissing } from './failures.ts';
import type { At } from './locate.ts';
import { REPO_LADDER, type RepoRole } from './target.ts';

/**
 * What GitHub shows about a person in a repository. `direct` is `none` unless the person was added by name. Then it
 * is the role that GitHub shows: the highest from all sources, and so at least the role of the person's own entry.
 */
export type RepoAccess = Readonly<{ direct: Level; invitation?: Readonly<{ id: number; role: RepoRole }> }>;

/** The roles' names in request bodies ("Add a repository collaborator", `permission`). */
const PERMISSION_OF: Readonly<Record<RepoRole, string>> = {
  read: 'pull',
  triage: 'triage',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

export const rank = (level: Level): number => REPO_LADDER.findIndex((known) => known === level);
export const isRole = (level: Level): level is RepoRole => rank(level) > 0;
/** A custom role has no level in the ladder. It counts as higher than every other role. */
export const isAbove = (shown: Level, level: Level): boolean =>
  shown !== 'none' && shown !== level && (!isRole(shown) || rank(shown) > rank(level));

/** Reads `role_name` and not `permission`, because `permission` shows maintain as "write" and triage as "read". */
export async function readAccess(
  { octokit: { rest }, owner, repo }: At,
  { id }: Account,
): Promise<RepoAccess> {
  const invitation = await invitationOf(rest, owner, repo, id);
  const query = { owner, repo, affiliation: 'direct', per_page: PAGE } as const;
  for await (const each of pages((page) => rest.repos.listCollaborators({ ...query, page })))
    if (each.id === id) return { direct: each.role_name, ...(invitation ? { invitation } : {}) };
  return { direct: 'none', ...(invitation ? { invitation } : {}) };
}

async function invitationOf(rest: Octokit['rest'], owner: string, repo: string, id: number) {
  for await (const each of pages((page) => rest.repos.listInvitations({ owner, repo, per_page: PAGE, page })))
    if (each.invitee?.id === id && !each.expired) return { id: Number(each.id), role: each.permissions };
  return undefined;
}

/**
 * A collaborator or an invited person whose account GitHub does not show: it answers 404 also for accounts that an
 * enterprise manages and hides.
 */
export async function accountIn(
  { octokit: { rest }, owner, repo }: At,
  id: number,
): Promise<Account | undefined> {
  const query = { owner, repo, per_page: PAGE };
  const direct = { ...query, affiliation: 'direct' } as const;
  for await (const each of pages((page) => rest.repos.listCollaborators({ ...direct, page })))
    if (each.id === id) return { id, login: each.login };
  for await (const { invitee } of pages((page) => rest.repos.listInvitations({ ...query, page })))
    if (invitee?.id === id) return { id, login: invitee.login };
  return undefined;
}

/** The person's role from all sources together. */
export async function effectiveRole(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
): Promise<Level> {
  const query = { owner, repo, username: login };
  const found = await unlessMissing(rest.repos.getCollaboratorPermissionLevel(query));
  return found?.data.role_name || 'none';
}

export async function setCollaborator(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
  role: RepoRole,
): Promise<void> {
  await rest.repos.addCollaborator({ owner, repo, username: login, permission: PERMISSION_OF[role] });
}

/**
 * Lowers the person's own entry. Returns the level that was reached: GitHub refuses a role below the organisation's
 * base role, and then the entry is removed.
 */
export async function lowerCollaborator(at: At, account: Account, level: Level): Promise<Level> {
  const { octokit, owner, repo } = at;
  if (isRole(level))
    try {
      await setCollaborator(at, account, level);
      return level;
    } catch (error) {
      if (!isBelowBase(error)) throw error;
    }
  await unlessMissing(octokit.rest.repos.removeCollaborator({ owner, repo, username: account.login }));
  return 'none';
}

export async function updateInvitation(
  { octokit: { rest }, owner, repo }: At,
  id: number,
  role: RepoRole,
): Promise<void> {
  await rest.repos.updateInvitation({ owner, repo, invitation_id: id, permissions: role });
}

export async function deleteInvitation({ octokit: { rest }, owner, repo }: At, id: number): Promise<void> {
  await unlessMissing(rest.repos.deleteInvitation({ owner, repo, invitation_id: id }));
}
