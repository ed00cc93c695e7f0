import type { WebClient } from '@slack/web-api';
import type { Refusal } from '../core/request/refusals.ts';
import type { Click } from '../ledger/index.ts';

type SlackUser = Readonly<{
  id?: string;
  team_id?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  is_stranger?: boolean;
}>;

type NotAMember = Extract<Refusal, { code: 'not-a-member' }>['why'];

/**
 * Asks Slack what kind of account clicked, when the click is decided. Guests, people of other companies, bots and
 * deactivated people are refused, and so is an account about which Slack does not say enough (T07). An error of
 * Slack is thrown, because unknown does not mean allowed.
 */
export const accountCheck =
  (client: WebClient, team: string) =>
  async ({ via, account }: Pick<Click, 'via' | 'account'>): Promise<Refusal | undefined> => {
    if (via !== 'slack') return undefined;
    const { user } = await client.users.info({ user: account });
    const why = accountRefusal((user ?? {}) as SlackUser, team);
    return why && { code: 'not-a-member', why };
  };

/** Why this account may not act, or undefined. https://docs.slack.dev/reference/objects/user-object */
export function accountRefusal(user: SlackUser, team: string): NotAMember | undefined {
  if (user.deleted === true) return 'deactivated';
  if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger === true) return 'outsider';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'guest';
  if (user.team_id !== undefined && user.team_id !== team) return 'other-workspace';
  // Slack always sends these flags. It sends `is_stranger` for shared channels only.
  const flags = [user.deleted, user.is_bot, user.is_restricted, user.is_ultra_restricted];
  return user.team_id === undefined || flags.some((flag) => typeof flag !== 'boolean')
    ? 'unknown'
    : undefined;
}
