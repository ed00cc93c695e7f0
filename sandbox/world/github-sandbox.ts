import type { GitHub } from '../github/people.ts';
import type { GithubSource, Membership } from './github.ts';

/**
 * Looks at the sandbox's own GitHub as its members do on its pages. Costs no request of the App's hourly limit,
 * which the panel would use up by itself when it reads every two seconds.
 */
export const githubSandbox = (github: GitHub): GithubSource => ({
  async team(slug) {
    return github.members(slug).map(({ login, role, state }) => ({ login, role, state }));
  },
  async repository(name) {
    const { users } = github.world();
    const active = users
      .map(({ login }): Membership => ({ login, role: github.directRole(login, name), state: 'active' }))
      .filter(({ role }) => role !== 'none');
    const invited = github
      .invitations(name)
      .map(({ login, role }): Membership => ({ login: login ?? 'somebody', role, state: 'pending' }));
    return [...active, ...invited];
  },
});
