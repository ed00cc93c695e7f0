import type { Description } from '../../core/target.ts';
import {
  type GitHubTarget,
  isRepoRole,
  isTeamRole,
  type RepoRole,
  type RepoTarget,
  type TeamTarget,
} from './target.ts';

const CAN: Readonly<Record<RepoRole, string>> = {
  read: 'read and clone it, and open issues and pull requests',
  triage: 'read it and manage its issues and pull requests, without writing code',
  write: 'push to it and merge pull requests',
  maintain: 'push to it and manage its settings, except the sensitive ones',
  admin: 'do everything with it, also delete it and decide who else has access',
};

/** "Local clones of the private repository are retained" (What happens to forks when a repository is deleted or changes visibility). */
const CLONE = 'a clone stays with the person, and so does a fork in another organisation';
/**
 * "Create, edit, run, re-run, and cancel GitHub Actions workflows" and "Create, update, and delete GitHub Actions secrets"
 * and "Publish packages" need the role write (Repository roles for an organization). "The token expires when a job finishes or after a maximum of 24 hours"
 * (Use GITHUB_TOKEN in workflows).
 */
const WORKFLOWS = [
  'with write, a person can change workflows, which run after the end and can use and copy the repository’s Actions secrets',
  'with write, a person can create, change and delete Actions secrets, packages and releases, which stay after the end',
  'a workflow that runs at the end keeps its own token until its job ends, for at most 24 hours',
];
/**
 * "Configure a publishing source for GitHub Pages" and "Push to protected branches" need the role maintain (Repository roles for
 * an organization).
 */
const MAINTAIN = [
  'with maintain, a person can publish contents with GitHub Pages, which stay after the end',
  'with maintain, a person can push to protected branches',
];
/**
 * What needs the role admin in "Repository roles for an organization". "When someone adds a deploy key to a repository, any user
 * who has the private key can read from or write to the repository […], even if they're later removed from the organization."
 */
const ADMIN = [
  'an admin can add people, teams, deploy keys, hooks and self-hosted runners that stay after the end',
  'an admin can change branch protection and who may bypass it, also for a person who stays',
  'an admin can make the repository public, and archive, delete or transfer it. A transferred one stays with its new owner, and no revoke ends that',
];
const CAUTIONS: Readonly<Record<RepoRole, readonly string[]>> = {
  read: [CLONE],
  triage: [CLONE],
  write: [CLONE, ...WORKFLOWS],
  maintain: [CLONE, ...WORKFLOWS, ...MAINTAIN],
  admin: [CLONE, ...WORKFLOWS, ...MAINTAIN, ...ADMIN],
};

const TEAM =
  'what a person can leave behind depends on the roles of the team in its repositories. As an admin: people, deploy keys, hooks, runners, and the repository itself, which they can transfer';
/** "People with the team maintainer role can manage team membership and settings" (Assigning the team maintainer role). */
const MAINTAINER =
  'a maintainer can add members and maintainers, who stay after the end, and can remove the team’s access to repositories';

export const describe = (target: GitHubTarget): Description =>
  target.kind === 'team' ? describeTeam(target) : describeRepository(target);

/** What an account has with a role that was read, which may be one that Curfew does not grant. */
export function describeFound(target: GitHubTarget, level: string): string {
  if (target.kind === 'team')
    return isTeamRole(level)
      ? describeTeam({ ...target, role: level }).plain
      : `the GitHub team ${target.org}/${target.team}`;
  return isRepoRole(level)
    ? describeRepository({ ...target, role: level }).plain
    : `the GitHub repository ${target.org}/${target.repo}`;
}

/**
 * A membership always counts as access that widens itself: nobody reads the roles of the team in its repositories before the grant, and
 * they can be `admin`. "If you remove a person's access to a private repository, any of their forks of that private repository are
 * deleted" (Removing organization members from a team).
 */
const describeTeam = ({ org, team, role }: TeamTarget): Description => ({
  plain:
    `membership in the GitHub team ${org}/${team} with the role ${role}: the access of the team in every repository` +
    (role === 'maintainer' ? ', and adding and removing its members' : ''),
  permissions: [`team ${org}/${team}: ${role}`],
  cautions: [TEAM, ...(role === 'maintainer' ? [MAINTAINER] : [])],
  atEnd: ['GitHub deletes the account’s own forks of private repositories to which it has no other access'],
  widens: true,
});

/**
 * Roles that give more access, or access that stays. With `write`, a person can copy the Actions secrets and change workflows, which
 * then run with them. With `maintain`, also publish contents. With `admin`, also add people and keys. A clone is a copy of what was
 * read, and gives no access.
 */
const WIDENS: Readonly<Record<RepoRole, boolean>> = {
  read: false,
  triage: false,
  write: true,
  maintain: true,
  admin: true,
};

/**
 * "Unassigns the user from any issues", "If the user had their own fork of the repository, the fork will be deleted" and
 * "Cancels any outstanding invitations sent by the collaborator" (Remove a repository collaborator).
 */
const describeRepository = ({ org, repo, role }: RepoTarget): Description => ({
  plain: `the GitHub repository ${org}/${repo} with the role ${role}: ${CAN[role]}`,
  permissions: [`repository ${org}/${repo}: ${role}`],
  cautions: CAUTIONS[role],
  atEnd: [
    'when the account’s entry is removed, GitHub also deletes the account’s own forks of the repository if it is private, unassigns the account from its issues, and cancels the invitations that the account sent',
  ],
  widens: WIDENS[role],
});
