import type { AccountFacts } from '../../core/account.ts';

export const TEAM = 'T0LANTERN';

/** What Slack says about a member of the workspace. `flags` are added, and win. */
export const memberFacts = (id = 'U1', flags: AccountFacts['flags'] = {}): AccountFacts => ({
  id,
  team: TEAM,
  flags: { deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false, ...flags },
  installation: { team: TEAM },
});

/** What Slack says about a guest of the workspace. */
export const guestFacts = (id = 'U1'): AccountFacts => memberFacts(id, { is_restricted: true });
