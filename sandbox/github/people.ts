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
import { effectiveRole, membershipOf } from './rules.ts';
import {
  newId,
  repoNamed,
  teamNamed,
  userNamed,
  userOf,
  type Effect,
  type Role,
  type TeamRole,
  type World,
} from './world.ts';

/** The people's side of GitHub: what they see on its pages and do there, and what owners change by hand. */
export type GitHub = ReturnType<typeof people>;

/** `act` runs a change, saves the world, then tells whoever watches. */
export function people(
  hub: ChangeContext,
  act: <T>(change: () => T) => T,
  watch: (listener: () => void) => () => void,
) {
  const { world } = hub;
  const must = <T>(thing: T | undefined, what: string): T => {
    if (thing === undefined) throw new Error(`the sandbox GitHub has no ${what}`);
    return thing;
  };
  const user = (login: string) => must(userNamed(world, login), `account ${login}`);
  const repo = (name: string) => must(repoNamed(world, name), `repository ${name}`);
  const team = (slug: string) => must(teamNamed(world, slug), `team ${slug}`);
  const invitationOf = (login: string, name: string) =>
    must(
      repo(name).invitations.find(({ invitee }) => invitee === user(login).id),
      `invitation of ${login} to ${name}`,
    );

  return {
    /** How the App logs in, as its settings page shows it once. */
    credentials: {
      appId: world.app.id,
      installationId: world.app.installation.id,
      privateKey: world.app.privateKey,
    },
    world: (): Readonly<World> => world,
    effects: (): readonly Effect[] => world.effects,
    watch,

    idOf: (login: string): number => user(login).id,
    /** What the person can really do in the repository, from all sources. */
    role: (login: string, name: string): Role => effectiveRole(world, user(login), repo(name)),
    directRole: (login: string, name: string): Role => repo(name).direct[user(login).id] ?? 'none',
    membership: (login: string, slug: string) => membershipOf(world, team(slug), user(login)),
    members: (slug: string) =>
      Object.entries(team(slug).members).map(([id, { role, state }]) => ({
        login: userOf(world, Number(id))?.login ?? id,
        role,
        state,
      })),
    invitations: (name: string) =>
      repo(name).invitations.map(({ invitee, role }) => ({ login: userOf(world, invitee)?.login, role })),

    acceptInvitation: (login: string, name: string) =>
      act(() => {
        const invitation = invitationOf(login, name);
        dropInvitation(hub, 'person', repo(name), invitation);
        setDirect(hub, 'person', repo(name), user(login), invitation.role);
      }),
    declineInvitation: (login: string, name: string) =>
      act(() => dropInvitation(hub, 'person', repo(name), invitationOf(login, name))),
    inviteToOrg: (login: string) => act(() => void inviteToOrg(hub, 'owner', user(login), 'member')),
    acceptOrgInvitation: (login: string) => act(() => joinOrg(hub, user(login))),

    setCollaborator: (login: string, name: string, role: Role) =>
      act(() => setDirect(hub, 'owner', repo(name), user(login), role)),
    setTeamMember: (login: string, slug: string, role: TeamRole | 'none') =>
      act(() =>
        setTeamMember(
          hub,
          'owner',
          team(slug),
          user(login),
          role === 'none' ? undefined : { role, state: 'active' },
        ),
      ),
    setOrgMember: (login: string, role: 'admin' | 'member' | 'none') =>
      act(() => setOrgMember(hub, 'owner', user(login), role)),

    createAccount: (login: string, name = login) =>
      act(() => {
        if (userNamed(world, login)) throw new Error(`${login} is taken`);
        const id = newId(world);
        world.users.push({ id, login, name, type: 'User', createdAt: hub.now() });
        return id;
      }),
    deleteAccount: (login: string) => act(() => deleteAccount(hub, user(login))),
    renameAccount: (login: string, to: string) =>
      act(() => {
        if (userNamed(world, to)) throw new Error(`${to} is taken`);
        user(login).login = to;
      }),
    renameRepo: (name: string, to: string) =>
      act(() => {
        const renamed = repo(name);
        renamed.formerNames.push(renamed.name);
        renamed.name = to;
      }),
    deleteRepo: (name: string) =>
      act(() => {
        const gone = repo(name);
        for (const each of world.users) setDirect(hub, 'owner', gone, each, 'none');
        world.repos = world.repos.filter(({ id }) => id !== gone.id);
      }),
    deleteTeam: (slug: string) =>
      act(() => {
        const gone = team(slug);
        for (const each of world.users) setTeamMember(hub, 'owner', gone, each, undefined);
        world.teams = world.teams.filter(({ id }) => id !== gone.id);
      }),
    renameTeam: (slug: string, to: string) => act(() => void (team(slug).slug = to)),
    synchronise: (slug: string, on: boolean) => act(() => void (team(slug).synchronised = on)),
    archive: (name: string, on: boolean) => act(() => void (repo(name).archived = on)),
    setTeamRepo: (slug: string, name: string, role: Role) =>
      act(() => {
        if (role === 'none') delete team(slug).repos[repo(name).id];
        else team(slug).repos[repo(name).id] = role;
      }),
    setBaseRole: (role: World['org']['baseRole']) => act(() => void (world.org.baseRole = role)),
    /** What the organisation's owner decides about the App: its permissions, its repositories, a pause. */
    setInstallation: (change: Partial<World['app']['installation']>) =>
      act(() => void Object.assign(world.app.installation, change)),
  };
}
