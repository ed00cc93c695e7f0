import { githubProvider, githubRemover, type GitHubTarget } from '../../providers/github/index.ts';
import type { GitHubDeps } from '../../providers/github/client.ts';
import { newAppKey } from '../../sandbox/github/app-key.ts';
import { lantern } from '../../sandbox/github/seed.ts';
import { startGitHub, type Options } from '../../sandbox/github/server.ts';
import { ROLES, type Role } from '../../sandbox/github/state.ts';
import type { ProviderFixture } from './conformance.fixture.ts';

export const ANA = 'ana-ferreira';
export const ZOE = 'zoe-park';

/** Generating keys is slow, so the organisation is created once and copied. */
const seed = lantern();
const { privateKey: otherKey } = newAppKey();

/** A new simulated GitHub and a provider that calls it. */
export async function openGitHub(options: Partial<Options> = {}, deps: Partial<GitHubDeps> = {}) {
  const running = await startGitHub({ seed: () => structuredClone(seed), ...options });
  const { credentials } = running.github;
  const all = { ...credentials, baseUrl: running.url, ...deps };
  return { ...running, deps: all, provider: githubProvider(all) };
}

/** Everything except the holding under test. */
const others = (world: ReturnType<typeof lantern>, login: string, target: GitHubTarget) => {
  const id = world.users.find((user) => user.login === login)?.id ?? 0;
  const without = <T>(holders: Record<number, T>) =>
    Object.entries(holders).filter(([key]) => key !== String(id));
  return {
    org: without(world.org.members),
    teams: world.teams.map(({ slug, members }) => [
      slug,
      target.kind === 'team' && slug === target.team ? without(members) : { ...members },
    ]),
    repos: world.repos.map(({ name, direct, invitations }) => [
      name,
      target.kind === 'repository' && name === target.repo ? without(direct) : { ...direct },
      invitations.filter(({ invitee }) => invitee !== id),
    ]),
  };
};

export const ONCALL: GitHubTarget = { kind: 'team', org: 'lantern', team: 'orders-oncall', role: 'member' };
export const MAINTAINERS: GitHubTarget = { ...ONCALL, role: 'maintainer' };
export const ORDERS_ADMIN: GitHubTarget = {
  kind: 'repository',
  org: 'lantern',
  repo: 'orders',
  role: 'admin',
};
export const ORDERS: GitHubTarget = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'maintain' };

/** The fixture for the conformance tests. */
export const githubFixture = (target: GitHubTarget) => async (): Promise<ProviderFixture<GitHubTarget>> => {
  const { github, faults, stop, provider, deps } = await openGitHub();
  let ana = ANA;
  let name = target.kind === 'team' ? target.team : target.repo;
  const levelNow = (): string =>
    target.kind === 'team'
      ? (github.members(name).find(({ login }) => login === ana)?.role ?? 'none')
      : github.directRole(ana, name);
  const setLevel = (level: string): void => {
    if (target.kind === 'repository')
      github.setCollaborator(ANA, target.repo, ROLES.find((role): role is Role => role === level) ?? 'none');
    else
      github.setTeamMember(ANA, target.team, level === 'member' || level === 'maintainer' ? level : 'none');
  };
  const isAdmin = target.role === 'admin';
  const deleteTarget = () => (target.kind === 'team' ? github.deleteTeam(name) : github.deleteRepo(name));
  const recreateTarget = () => {
    deleteTarget();
    if (target.kind === 'team') github.createTeam(name);
    else github.createRepo(name);
  };
  const higher = target.kind === 'team' ? 'maintainer' : 'admin';
  const changeGranted = () => {
    setLevel(higher);
    return Promise.resolve(higher);
  };
  return {
    provider,
    account: ANA,
    target,
    remover: githubRemover(deps),
    underprivileged: githubProvider({ ...deps, privateKey: otherKey }),
    stop,
    vendor: {
      level: () => Promise.resolve(levelNow()),
      everythingElse: () => Promise.resolve(structuredClone(others(github.state(), ANA, target))),
      setLevel: (level) => Promise.resolve(setLevel(level)),
      recreateAccount() {
        github.deleteAccount(ANA);
        github.createAccount(ANA);
        github.setOrgMember(ANA, 'member');
      },
      renameAccount() {
        github.renameAccount(ANA, 'ana-f');
        github.createAccount(ANA);
        ana = 'ana-f';
      },
      deleteAccount: () => github.deleteAccount(ANA),
      renameTarget() {
        if (target.kind === 'team') {
          github.renameTeam(name, 'renamed');
          github.renameTeam('platform', name);
        } else {
          github.renameRepo(name, 'renamed');
          github.renameRepo('infra', name);
        }
        name = 'renamed';
      },
      // For an admin, GitHub does not show whether the repository was deleted. `github-transfer.test.ts` has these cases.
      ...(!isAdmin && { deleteTarget, recreateTarget }),
      renameOwner: () => github.renameOrg('lantern-inc'),
      fillTarget() {
        for (let number = 0; number < 101; number += 1) {
          github.createAccount(`many-${number}`);
          if (target.kind === 'team') {
            github.setOrgMember(`many-${number}`, 'member');
            github.setTeamMember(`many-${number}`, target.team, 'member');
          } else github.setCollaborator(`many-${number}`, target.repo, 'read');
        }
      },
      deleteGranted: () => Promise.resolve(setLevel('none')),
      grantAgain: ({ level }) => Promise.resolve(setLevel(level)),
      ...(target.role !== higher && { changeGranted }),
      readGranted: () => Promise.resolve(levelNow()),
    },
    faults: {
      failNextWriteAfterApplying: () => void faults.next({ kind: 'lost-reply' }, { on: 'write' }),
      failNextWriteBeforeApplying: () => void faults.next({ kind: 'reset' }, { on: 'write' }),
      ignoreNextWrite: () => void faults.next({ kind: 'swallow' }, { on: 'write' }),
      staleReads: () => faults.stale(),
      freshReads: () => faults.fresh(),
      throttleNextCall() {
        faults.next({ kind: 'secondary', status: 403, retryAfter: 7 });
        return 7_000;
      },
      throttleNextCallFor: (waitMs) =>
        void faults.next({ kind: 'secondary', status: 403, retryAfter: waitMs / 1000 }),
      conflictNextWrite: () => void faults.next({ kind: 'conflict' }, { on: 'write' }),
      // The permissions go while a token of this App is in use: its calls are refused, and then it gets no token any more.
      narrowCredential() {
        const { permissions } = github.state().app.installation;
        const first = target.kind === 'team' ? 'read' : 'mint'; // the token of an organisation is shared
        faults.after(first, () => github.setInstallation({ permissions: { metadata: 'read' } }));
        return () => github.setInstallation({ permissions });
      },
      // Reading the roles of a repository needs only Metadata, which every App has. So the App is suspended.
      narrowAfterNextWrite() {
        faults.after('write', () => github.setInstallation({ suspended: true }));
        return () => github.setInstallation({ suspended: false });
      },
      // A write at GitHub gives the access or takes it, so what there is before says which one is late.
      lateNextWrite() {
        const late = levelNow() === 'none' ? target.role : 'none';
        faults.next({ kind: 'swallow' }, { on: 'write' });
        return () => setLevel(late);
      },
      beforeReadBack: (effect) => faults.after('write', () => void effect()),
      hangNextCall: () => faults.next({ kind: 'hang' }),
    },
  };
};
