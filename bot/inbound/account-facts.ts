import type { AuthTestResponse, WebClient } from '@slack/web-api';
import { type AccountFacts, accountRefusal, type Installation, unexpectedFlags } from '../../core/account.ts';
import { isNoSuchAccount } from '../courier/slack-errors.ts';

/** What Slack says about an account. Any part can be missing or have another type than the documented one. */
type SlackUser = Readonly<Record<string, unknown>>;

/** Where the token of the bot is installed: the workspace, and its organization on Enterprise Grid. */
export const installationOf = ({
  team_id: team = '',
  enterprise_id: enterprise,
}: AuthTestResponse): Installation => ({ team, ...(enterprise ? { enterprise } : {}) });

/**
 * Asks Slack what kind of account this is. An error of Slack is thrown, because unknown does not mean allowed. The
 * operator learns of an account that is refused for a flag that Curfew does not know.
 */
export const accountReader =
  (client: WebClient, installation: Installation, warn: (message: string) => void) =>
  async (account: string): Promise<AccountFacts> => {
    const { user } = await client.users.info({ user: account }).catch((error: unknown) => {
      if (isNoSuchAccount(error)) return { user: {} }; // It is judged as unknown.
      throw error;
    });
    const facts = factsOf({ ...user }, installation);
    const flags = unexpectedFlags(facts);
    if (accountRefusal(facts, account) === 'unknown' && flags.length > 0)
      warn(`the account ${account} may not act, because Slack describes it with ${flags.join(', ')}`);
    return facts;
  };

/**
 * Asks when it is the turn of the question. The clicks of an account that wait for the same turn share one answer, which is newer than
 * all of them.
 */
export function sharedReader(
  read: (account: string) => Promise<AccountFacts>,
  takeTurn: () => Promise<void>,
): (account: string) => Promise<AccountFacts> {
  const waiting = new Map<string, Promise<AccountFacts>>();
  return (account) => {
    const known = waiting.get(account);
    if (known) return known;
    const facts = takeTurn()
      .finally(() => waiting.delete(account))
      .then(() => read(account));
    waiting.set(account, facts);
    return facts;
  };
}

/** The facts in Slack's description of an account. Names, addresses and pictures are not kept. */
export function factsOf(user: SlackUser, installation: Installation): AccountFacts {
  const flags = Object.entries(user).filter(([name]) => name === 'deleted' || name.startsWith('is_'));
  const organization = user['enterprise_user'];
  return {
    id: textOf(user['id']),
    team: textOf(user['team_id']),
    flags: Object.fromEntries(
      flags
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, typeof value === 'boolean' ? value : null]),
    ),
    ...(organization === undefined ? {} : { organization: organizationOf(Object(organization)) }),
    installation,
  };
}

const organizationOf = ({
  enterprise_id: id,
  teams,
}: SlackUser): NonNullable<AccountFacts['organization']> => ({
  id: textOf(id),
  teams: Array.isArray(teams) ? teams.filter((team) => typeof team === 'string') : null,
});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
