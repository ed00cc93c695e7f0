import type { WebClient } from '@slack/web-api';
import type { Refusal } from '../core/request/refusals.ts';
import type { Click } from '../ledger/index.ts';

/** The workspace that Curfew is installed in. `enterprise` is its Enterprise Grid organization, when it has one. */
export type Installation = Readonly<{ team: string; enterprise?: string | undefined }>;

/** What Slack says about an account. Any part can be missing or have another type than the documented one. */
type SlackUser = Readonly<Record<string, unknown>>;

type NotAMember = Extract<Refusal, { code: 'not-a-member' }>['why'];

/**
 * Asks Slack what kind of account clicked, when the click is decided. Guests, people of other companies, bots and
 * deactivated people are refused, and so is an account about which Slack does not say enough (T07). An error of
 * Slack is thrown, because unknown does not mean allowed.
 */
export const accountCheck =
  (client: WebClient, installation: Installation, warn: (message: string) => void) =>
  async ({ via, account }: Pick<Click, 'via' | 'account'>): Promise<Refusal | undefined> => {
    if (via !== 'slack') return undefined;
    const { user } = await client.users.info({ user: account });
    const described = { ...user } as SlackUser;
    const why = described['id'] === account ? accountRefusal(described, installation) : 'unknown';
    const flags = unexpectedFlags(described);
    if (why === 'unknown' && flags.length > 0)
      warn(`the account ${account} may not act, because Slack describes it with ${flags.join(', ')}`);
    return why && { code: 'not-a-member', why };
  };

/** Slack sends these with each account that is not deactivated. A member has `false` in all of them. */
const REQUIRED = ['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted'];
/** Flags that say nothing about membership. Slack may add other flags, and a member has `false` in those or none. */
const HARMLESS = ['is_admin', 'is_owner', 'is_primary_owner', 'is_email_confirmed'];

/** Why this account may not act, or undefined. https://docs.slack.dev/reference/objects/user-object */
export function accountRefusal(user: SlackUser, { team, enterprise }: Installation): NotAMember | undefined {
  const is = (flag: string): boolean => user[flag] === true;
  if (is('deleted')) return 'deactivated';
  if (isBot(user)) return 'bot';
  if (is('is_stranger') || is('is_external')) return 'outsider';
  if (is('is_restricted') || is('is_ultra_restricted')) return 'guest';
  if (typeof user['team_id'] === 'string' && user['team_id'] !== team) return 'other-workspace';
  if (user['team_id'] !== team || REQUIRED.some((flag) => user[flag] !== false)) return 'unknown';
  // For example `is_invited_user`, and `is_app_user`: nobody has to authorize Curfew, which has no user scopes.
  if (unexpectedFlags(user).length > 0) return 'unknown';
  return enterpriseRefusal(user['enterprise_user'], { team, enterprise });
}

/** Slackbot, which Slack does not mark as a bot, and every kind of bot: of an app, of a workflow, of a connector. */
const isBot = (user: SlackUser): boolean =>
  user['id'] === 'USLACKBOT' ||
  Object.keys(user).some((flag) => /^is_(\w+_)?bot$/.test(flag) && user[flag] === true);

const unexpectedFlags = (user: SlackUser): readonly string[] =>
  Object.keys(user).filter(
    (flag) => flag.startsWith('is_') && !HARMLESS.includes(flag) && user[flag] !== false,
  );

/** Why a person of an Enterprise Grid organization may not act: another organization, or not in this workspace. */
function enterpriseRefusal(person: unknown, { team, enterprise }: Installation): NotAMember | undefined {
  if (person === undefined) return undefined;
  const { enterprise_id: organization, teams } = Object(person) as SlackUser;
  if (typeof organization !== 'string' || !Array.isArray(teams)) return 'unknown';
  return organization === enterprise && teams.includes(team) ? undefined : 'other-workspace';
}
