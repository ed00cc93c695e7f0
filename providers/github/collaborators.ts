import type { Level } from '../provider.ts';
import { isRole } from './access.ts';
import type { Account } from './account.ts';
import { unlessMissing } from './failed-call.ts';
import { isBelowBase } from './refusals.ts';
import type { At } from './locate.ts';
import type { RepoRole } from './target.ts';

/** The roles' names in request bodies ("Add a repository collaborator", `permission`). */
const PERMISSION_OF: Readonly<Record<RepoRole, string>> = {
  read: 'pull',
  triage: 'triage',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

export async function setCollaborator(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
  role: RepoRole,
): Promise<void> {
  await rest.repos.addCollaborator({ owner, repo, username: login, permission: PERMISSION_OF[role] });
}

export async function removeCollaborator(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
): Promise<void> {
  await unlessMissing(rest.repos.removeCollaborator({ owner, repo, username: login }));
}

/**
 * Sets the person's own entry to the level, and returns what was sent. GitHub refuses a role below the organisation's base role,
 * and then the entry is removed.
 */
export async function lowerCollaborator(at: At, account: Account, level: Level): Promise<Level> {
  if (isRole(level))
    try {
      await setCollaborator(at, account, level);
      return level;
    } catch (error) {
      if (!isBelowBase(error)) throw error;
    }
  await removeCollaborator(at, account);
  return 'none';
}
