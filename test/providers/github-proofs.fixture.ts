import type { Proofs } from './provider-page.fixture.ts';

export const PROOFS: Proofs = {
  'Access that does not come from the lease': {
    'a team that has the repository': ['github-sources.test.ts: a team that has the repository'],
    'a child team of such a team': ['github-sources.test.ts: a child team of a team that has it'],
    'a child team, for a membership of the team': ['github-sources.test.ts: a child team of a child team'],
    'the base role of the organisation (an entry below it is removed)': [
      'github-repository.test.ts: a role below the organisation’s base role',
    ],
    'a role of the organisation': ['github-sources.test.ts: a role of the organisation'],
    'being a security manager': ['github-sources.test.ts: a security manager'],
    'an internal or a public repository': ['github-access.test.ts: name the visibility of a repository'],
    'a team of the enterprise (`ent:`)': ['github-sources.test.ts: a team of the enterprise (ent:)'],
    'a role of the enterprise': ['github-sources.test.ts: a role of the enterprise'],
    'being an owner': ['github-repository.test.ts: an owner has all access already'],
    'an entry with a custom role': ['github-repository-observe.test.ts: the role is a custom one'],
    'an entry of an outside collaborator, or of a member': [
      'github-repository.test.ts: an own entry is read exactly',
    ],
    'an open invitation': ['github-repository.test.ts: a revoke deletes the invitation'],
    'a former member, whom GitHub made an outside collaborator with entries': [
      'github-receipts.test.ts: of a team: the receipt names where access may be left',
    ],
    'how GitHub itself answers an App for teams of the enterprise':
      'cannot be tried here: it needs an enterprise at GitHub',
  },
  'Access that can remain after the end': {
    'a clone': 'cannot be tried here: the sandbox has no repositories with contents',
    'a copy in a gist, a package or another place, unknown to Curfew':
      'cannot be tried here: nobody can know the copies',
    "the person's own fork of a private repository": 'cannot be tried here: the sandbox has no forks',
    'a fork in another organisation': 'cannot be tried here: the sandbox has one organisation',
    'tokens and SSH keys, OAuth and App grants':
      'cannot be tried here: the sandbox creates no tokens of people',
    'a codespace, whose contents stay': 'cannot be tried here: the sandbox has no codespaces',
    'a transfer by Git that runs at the end': 'cannot be tried here: the sandbox has no Git',
    'the address of an archive to download: five minutes':
      'cannot be tried here: the sandbox has no archives',
    'the token of a workflow that runs: at most 24 hours': [
      'github-target.test.ts: a workflow that runs at the end keeps its own token',
    ],
    'changed workflows, and copies of Actions secrets': [
      'github-target.test.ts: a person can change workflows',
    ],
    'created or changed Actions secrets, packages, releases': [
      'github-target.test.ts: a person can create, change and delete Actions secrets',
    ],
    "the trust of a cloud in the repository's workflows (OpenID Connect)":
      'cannot be tried here: the sandbox has no Actions',
    'tags, commits and what others built from them': 'cannot be tried here: the sandbox has no Git',
    'published pages, and pushes to protected branches': [
      'github-target.test.ts: a person can publish contents with GitHub Pages',
    ],
    'people, teams, deploy keys, hooks, self-hosted runners': [
      'github-target.test.ts: an admin can add people, teams, deploy keys',
    ],
    'a GitHub App that the person installed': 'cannot be tried here: the sandbox has one App',
    'branch protection, and who may bypass it': [
      'github-target.test.ts: an admin can change branch protection',
    ],
    'a public, archived or deleted repository (restored within 90 days)': [
      'github-transfer.test.ts: a repository that was deleted while a person was its admin',
    ],
    'an invitation that the person sent, and nobody accepted':
      'cannot be tried here: in the sandbox only the App invites',
    'a transferred repository': [
      'github-transfer.test.ts: a private repository that a holder with admin transferred',
    ],
    'people whom a maintainer of a team added, and repositories taken from it': [
      'github-target.test.ts: a maintainer can add members and maintainers',
    ],
    'all of these, through the roles of a team in its repositories': [
      'github-target.test.ts: depends on the roles of the team in its repositories',
    ],
  },
};
