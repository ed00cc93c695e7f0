import { COLLEAGUES } from '../world/company.ts';
import { newAppKey } from './app-key.ts';
import type { User, GithubState } from './state.ts';

const SPRING = Date.UTC(2026, 2, 2, 9);

/** A GitHub account that is not a member of the organisation. */
export const CONTRACTOR = 'gil-moreau';

/**
 * Sam (security) owns the organisation. The other colleagues are members. The contractor is an outside
 * collaborator.
 */
const OWNER = 'sam-rao';

const people: readonly User[] = [
  ...COLLEAGUES.flatMap(({ name, github }) => (github ? [{ name, login: github }] : [])),
  { name: 'Gil Moreau', login: CONTRACTOR },
  { name: 'Zoe Park', login: 'zoe-park' },
].map(({ name, login }, place) => ({ id: 4101 + place, login, name, type: 'User', createdAt: SPRING }));

const idOf = (login: string): number => people.find((person) => person.login === login)?.id ?? 0;

/**
 * The organisation `lantern` with its teams, two repositories and Curfew's App. Each call generates a new key
 * for the App.
 */
export function lantern(): GithubState {
  const member = (login: string, role: 'member' | 'maintainer' = 'member') =>
    ({ [idOf(login)]: { role, state: 'active' } }) as const;
  const team = { synchronised: false, parent: null };
  const repo = { formerNames: [], private: true, invitations: [], invitedAt: [] };
  const [orders, infra] = [6001, 6002];
  const [platform] = [5002];

  return {
    nextId: 9000,
    users: people.map((person) => ({ ...person })),
    org: {
      id: 3001,
      login: 'lantern',
      baseRole: 'read',
      members: Object.fromEntries(
        COLLEAGUES.flatMap(({ github }) =>
          github ? [[idOf(github), github === OWNER ? 'admin' : 'member'] as const] : [],
        ),
      ),
      invitations: [],
    },
    teams: [
      {
        ...team,
        id: 5001,
        slug: 'orders-oncall',
        name: 'Orders on call',
        members: { ...member('cy-okafor', 'maintainer'), ...member('bo-lindqvist') },
        repos: { [orders]: 'maintain' },
      },
      {
        ...team,
        id: platform,
        slug: 'platform',
        name: 'Platform',
        members: member('bo-lindqvist', 'maintainer'),
        repos: { [infra]: 'write', [orders]: 'triage' },
      },
      {
        ...team,
        id: 5003,
        slug: 'platform-storage',
        name: 'Storage',
        parent: platform,
        members: {},
        repos: {},
      },
      {
        ...team,
        id: 5004,
        slug: 'everyone',
        name: 'Everyone',
        synchronised: true,
        members: { ...member('ana-ferreira'), ...member('bo-lindqvist'), ...member('cy-okafor') },
        repos: {},
      },
    ],
    repos: [
      {
        ...repo,
        id: orders,
        name: 'orders',
        description: 'The orders service',
        direct: { [idOf(CONTRACTOR)]: 'read' },
      },
      { ...repo, id: infra, name: 'infra', description: 'How everything runs', direct: {} },
    ],
    app: {
      id: 7001,
      slug: 'curfew-lantern',
      ...newAppKey(),
      installation: {
        id: 8001,
        permissions: { administration: 'write', members: 'write', metadata: 'read' },
        repositories: 'all',
        suspended: false,
      },
    },
    tokens: [],
    effects: [],
  };
}
