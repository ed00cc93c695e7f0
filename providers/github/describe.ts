import type { Description } from '../provider.ts';
import type { GitHubTarget, RepoRole, RepoTarget, TeamTarget } from './target.ts';

const CAN: Readonly<Record<RepoRole, string>> = {
  read: 'read and clone it, and open issues and pull requests',
  triage: 'read it and manage its issues and pull requests, without writing code',
  write: 'push to it and merge pull requests',
  maintain: 'push to it and manage its settings, except the sensitive ones',
  admin: 'do everything with it, also delete it and decide who else has access',
};

/** "Local clones of the private repository are retained" (What happens to forks when a repository is deleted or changes visibility). */
const CLONE = 'caution: a clone stays with the person, and so does a fork in another organisation';
/**
 * "Create, edit, run, re-run, and cancel GitHub Actions workflows" and "Create, update, and delete GitHub Actions secrets"
 * and "Publish packages" need the role write (Repository roles for an organization). "The token expires when a job finishes or after a maximum of 24 hours"
 * (Use GITHUB_TOKEN in workflows).
 */
const WORKFLOWS = [
  'caution: with write, a person can change workflows, which run after the end and can use and copy the repository’s Actions secrets',
  'caution: with write, a person can create, change and delete Actions secrets, packages and releases, which stay after the end',
  'caution: a workflow that runs at the end keeps its own token until its job ends, for at most 24 hours',
];
/**
 * "Configure a publishing source for GitHub Pages" and "Push to protected branches" need the role maintain (Repository roles for
 * an organization).
 */
const MAINTAIN = [
  'caution: with maintain, a person can publish contents with GitHub Pages, which stay after the end',
  'caution: with maintain, a person can push to protected branches',
];
/**
 * What needs the role admin in "Repository roles for an organization". "When someone adds a deploy key to a repository, any user
 * who has the private key can read from or write to the repository […], even if they're later removed from the organization."
 */
const ADMIN = [
  'caution: an admin can add people, teams, deploy keys, hooks and self-hosted runners that stay after the end',
  'caution: an admin can change branch protection and who may bypass it, also for a person who stays',
  'caution: an admin can make the repository public, and archive, delete or transfer it. A transferred one stays with its new owner, and no revoke ends that',
];
const CAUTIONS: Readonly<Record<RepoRole, readonly string[]>> = {
  read: [CLONE],
  triage: [CLONE],
  write: [CLONE, ...WORKFLOWS],
  maintain: [CLONE, ...WORKFLOWS, ...MAINTAIN],
  admin: [CLONE, ...WORKFLOWS, ...MAINTAIN, ...ADMIN],
};

const TEAM =
  'caution: what a person can leave behind depends on the roles of the team in its repositories. As an admin: people, deploy keys, hooks, runners, and the repository itself, which they can transfer';
/** "People with the team maintainer role can manage team membership and settings" (Assigning the team maintainer role). */
const MAINTAINER =
  'caution: a maintainer can add members and maintainers, who stay after the end, and can remove the team’s access to repositories';

/** The cautions say what a person can leave behind, or keep, by the role that they get. */
export const describe = (target: GitHubTarget): Description =>
  target.kind === 'team' ? describeTeam(target) : describeRepository(target);

/** An admin of a repository and a maintainer of a team decide who else has access. */
export const widens = (target: GitHubTarget): boolean =>
  target.kind === 'team' ? target.role === 'maintainer' : target.role === 'admin';

const describeTeam = ({ org, team, role }: TeamTarget): Description => ({
  plain:
    `membership in the GitHub team ${org}/${team} as ${role}: the person gets the access of the team ` +
    `in every repository${role === 'maintainer' ? ', and can add and remove its members' : ''}`,
  permissions: [TEAM, ...(role === 'maintainer' ? [MAINTAINER] : []), `team ${org}/${team}: ${role}`],
});

/**
 * "Unassigns the user from any issues", "If the user had their own fork of the repository, the fork will be deleted" and
 * "Cancels any outstanding invitations sent by the collaborator" (Remove a repository collaborator). "If you remove a person's
 * access to a private repository, any of their forks of that private repository are deleted" (Removing organization members from
 * a team).
 */
const describeRepository = ({ org, repo, role }: RepoTarget): Description => ({
  plain:
    `access to the GitHub repository ${org}/${repo} as a collaborator with the role ${role}: ` +
    `the person can ${CAN[role]}. When the entry is removed, GitHub also deletes their own forks of a private repository, ` +
    'unassigns them from its issues, and cancels the invitations that they sent. A team is the better choice where there is one: ' +
    'GitHub then deletes only the forks of a private repository to which the person has no other access',
  permissions: [...CAUTIONS[role], `repository ${org}/${repo}: ${role}`],
});
