import { reaperApp } from './reaper-app.ts';
import {
  deleteAccount,
  dropInvitation,
  inviteToOrg,
  joinOrg,
  setDirect,
  setOrgMember,
  setTeamMember,
  type ChangeContext,
} from './changes.ts';
import { effectiveRole, membershipOf, roleFromTeams } from './rules.ts';
import {
  newId,
  repoNamed,
  teamNamed,
  userNamed,
  userOf,
  type Effect,
  type Owner,
  type Role,
  type TeamRole,
  type GithubState,
} from './state.ts';

/** An organisation in which this App is not installed. */
const ELSEWHERE: Owner = { id: 3900, login: 'elsewhere' };

/**
 * What people can see and do on GitHub's web pages, and what the owners of the organisation can change there.
 */
export type GitHub = ReturnType<typeof people>;

/** `applyChange` runs a change, saves the state, then calls the watchers. */
export function people(
  contextFor: (by: Effect['by']) => ChangeContext,
  applyChange: <T>(change: () => T) => T,
  watch: (listener: () => void) => () => void,
) {
  const [asPerson, asOwner] = [contextFor('person'), contextFor('owner')];
  const { state } = asOwner;
  const must = <T>(thing: T | undefined, what: string): T => {
    if (thing === undefined) throw new Error(`the sandbox GitHub has no ${what}`);
    return thing;
  };
  const user = (login: string) => must(userNamed(state, login), `account ${login}`);
  const repo = (name: string) => must(repoNamed(state, name), `repository ${name}`);
  const team = (slug: string) => must(teamNamed(state, slug), `team ${slug}`);
  const elsewhere = (id: number) =>
    must(
      state.transferred?.find((each) => each.id === id),
      `transferred repository ${id}`,
    );
  const invitationOf = (login: string, name: string) =>
    must(
      repo(name).invitations.find(({ invitee }) => invitee === user(login).id),
      `invitation of ${login} to ${name}`,
    );

  return {
    /** The App's credentials, as its settings page shows them once. */
    credentials: {
      appId: state.app.id,
      installationId: state.app.installation.id,
      privateKey: state.app.privateKey,
    },
    /** Installs a second App, for the reaper, unless it is installed. Returns its credentials. */
    reaperCredentials() {
      if (!state.reaperApp) applyChange(() => void (state.reaperApp = reaperApp()));
      const { id, installation, privateKey } = must(state.reaperApp, 'App of the reaper');
      return { appId: id, installationId: installation.id, privateKey };
    },
    state: (): Readonly<GithubState> => state,
    effects: (): readonly Effect[] => state.effects,
    watch,

    idOf: (login: string): number => user(login).id,
    /**
     * The person's effective role on the repository: the highest of their own role, their teams' and the
     * organisation's.
     */
    role: (login: string, name: string): Role => effectiveRole(state, user(login), repo(name)),
    directRole: (login: string, name: string): Role => repo(name).direct[user(login).id] ?? 'none',
    membership: (login: string, slug: string) => membershipOf(state, team(slug), user(login)),
    members: (slug: string) =>
      Object.entries(team(slug).members).map(([id, membership]) => ({
        ...membership,
        login: userOf(state, Number(id))?.login ?? id,
      })),
    invitations: (name: string) =>
      repo(name).invitations.map(({ invitee, role }) => ({ login: userOf(state, invitee)?.login, role })),

    acceptInvitation: (login: string, name: string) =>
      applyChange(() => {
        const invitation = invitationOf(login, name);
        dropInvitation(asPerson, repo(name), invitation);
        setDirect(asPerson, repo(name), user(login), invitation.role);
      }),
    declineInvitation: (login: string, name: string) =>
      applyChange(() => dropInvitation(asPerson, repo(name), invitationOf(login, name))),
    inviteToOrg: (login: string, role: 'admin' | 'member' = 'member') =>
      applyChange(() => void inviteToOrg(asOwner, user(login), role)),
    acceptOrgInvitation: (login: string) => applyChange(() => joinOrg(asPerson, user(login))),

    setCollaborator: (login: string, name: string, role: Role) =>
      applyChange(() => setDirect(asOwner, repo(name), user(login), role)),
    setTeamMember: (login: string, slug: string, role: TeamRole | 'none') =>
      applyChange(() =>
        setTeamMember(
          asOwner,
          team(slug),
          user(login),
          role === 'none' ? undefined : { role, state: 'active' },
        ),
      ),
    setOrgMember: (login: string, role: 'admin' | 'member' | 'none') =>
      applyChange(() => setOrgMember(asOwner, user(login), role)),

    createAccount: (login: string, name = login) =>
      applyChange(() => {
        if (userNamed(state, login)) throw new Error(`${login} is taken`);
        const id = newId(state);
        state.users.push({ id, login, name, type: 'User', createdAt: asOwner.now() });
        return id;
      }),
    deleteAccount: (login: string) => applyChange(() => deleteAccount(asPerson, user(login))),
    renameAccount: (login: string, to: string) =>
      applyChange(() => {
        if (userNamed(state, to)) throw new Error(`${to} is taken`);
        user(login).login = to;
      }),
    renameRepo: (name: string, to: string) =>
      applyChange(() => {
        const renamed = repo(name);
        renamed.formerNames.push(renamed.name);
        renamed.name = to;
      }),
    deleteRepo: (name: string) =>
      applyChange(() => {
        const gone = repo(name);
        for (const each of state.users) setDirect(asOwner, gone, each, 'none');
        state.repos = state.repos.filter(({ id }) => id !== gone.id);
      }),
    deleteTeam: (slug: string) =>
      applyChange(() => {
        const gone = team(slug);
        for (const each of state.users) setTeamMember(asOwner, gone, each, undefined);
        state.teams = state.teams.filter(({ id }) => id !== gone.id);
      }),
    renameOrg: (to: string) => applyChange(() => void (state.org.login = to)),
    /** As GitHub does for an account that an enterprise manages, to those who may not see it. */
    hideAccount: (login: string) => applyChange(() => void (user(login).hidden = true)),
    setOrganisationRole: (login: string, role: Role) =>
      applyChange(() => void ((state.org.organisationRoles ??= {})[user(login).id] = role)),
    setEnterpriseRole: (login: string, role: Role) =>
      applyChange(() => void ((state.org.enterpriseRoles ??= {})[user(login).id] = role)),
    /** Adds a team, also one of the enterprise, whose name begins with `ent:`. */
    createTeam: (slug: string, parent: string | null = null) =>
      applyChange(() => {
        const above = parent === null ? null : team(parent).id;
        const id = newId(state);
        state.teams.push({
          id,
          slug,
          name: slug,
          synchronised: false,
          parent: above,
          members: {},
          repos: {},
        });
      }),
    /** "They'll only have access to the repositories that their current team membership allows." */
    convertToOutside: (login: string) =>
      applyChange(() => {
        const converted = user(login);
        const kept = state.repos.map((each) => ({ each, role: roleFromTeams(state, converted, each) }));
        setOrgMember(asOwner, converted, 'none');
        for (const { each, role } of kept) if (role !== 'none') setDirect(asOwner, each, converted, role);
      }),
    createRepo: (name: string) =>
      applyChange(() => {
        const id = newId(state);
        const none = { formerNames: [], direct: {}, invitations: [], invitedAt: [] };
        state.repos.push({ ...none, id, name, private: true, description: '' });
      }),
    /** An admin of the repository transfers it. The collaborators stay, and the teams of the organisation lose it. */
    transferRepo: (name: string, owner: Owner = ELSEWHERE) =>
      applyChange(() => {
        const moved = repo(name);
        state.repos = state.repos.filter(({ id }) => id !== moved.id);
        state.transferred = [...(state.transferred ?? []), { ...moved, owner }];
        for (const each of state.teams) delete each.repos[moved.id];
      }),
    /** The new owner transfers it back. */
    transferBack: (id: number) =>
      applyChange(() => {
        const { owner: _owner, ...moved } = elsewhere(id);
        state.transferred = state.transferred?.filter((each) => each.id !== id) ?? [];
        state.repos.push(moved);
      }),
    /** What a person has in a repository that was transferred: everything as its owner, or else their own entry. */
    roleElsewhere: (login: string, id: number): Role => {
      const { owner, direct } = elsewhere(id);
      return owner.id === user(login).id ? 'admin' : (direct[user(login).id] ?? 'none');
    },
    setPublic: (name: string, on: boolean) => applyChange(() => void (repo(name).private = !on)),
    setInternal: (name: string, on: boolean) => applyChange(() => void (repo(name).internal = on)),
    renameTeam: (slug: string, to: string) => applyChange(() => void (team(slug).slug = to)),
    synchronise: (slug: string, on: boolean) => applyChange(() => void (team(slug).synchronised = on)),
    /** The organisation belongs to an enterprise with managed users from now on. */
    manageUsers: () => applyChange(() => void (state.org.managedUsers = true)),
    connectExternalGroup: (slug: string) => applyChange(() => void (team(slug).externalGroup = true)),
    archive: (name: string, on: boolean) => applyChange(() => void (repo(name).archived = on)),
    setTeamRepo: (slug: string, name: string, role: Role) =>
      applyChange(() => {
        if (role === 'none') delete team(slug).repos[repo(name).id];
        else team(slug).repos[repo(name).id] = role;
      }),
    setBaseRole: (role: GithubState['org']['baseRole']) =>
      applyChange(() => void (state.org.baseRole = role)),
    /**
     * The settings of the App that the organisation's owner controls: permissions, repositories, suspension.
     */
    setInstallation: (change: Partial<GithubState['app']['installation']>) =>
      applyChange(() => void Object.assign(state.app.installation, change)),
  };
}
