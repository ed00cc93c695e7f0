import type { GitHub } from '../github/people.ts';
import type { GithubSource, Membership } from './github.ts';

/**
 * Reads the state of the simulated GitHub directly, without API requests. The panel reads every two seconds,
 * and API requests at that rate would use up the App's hourly limit.
 */
export const githubSandbox = (github: GitHub): GithubSource => ({
  async team(slug) {
    return github.members(slug).map(({ login, role, state }) => ({ login, role, state }));
  },
  async repository(name) {
    const { users } = github.state();
    const active = users
      .map(({ login }): Membership => ({ login, role: github.directRole(login, name), state: 'active' }))
      .filter(({ role }) => role !== 'none');
    const invited = github
      .invitations(name)
      .map(({ login, role }): Membership => ({ login: login ?? 'somebody', role, state: 'pending' }));
    return [...active, ...invited];
  },
});
