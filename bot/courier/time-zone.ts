import type { WebClient } from '@slack/web-api';
import { isTimeZone } from '../../core/local-time.ts';
import type { Pace } from './pace.ts';

/** The time zone in the Slack profile of an account. UTC when the profile has none, or when Slack does not say. */
export async function timeZoneOf(client: WebClient, account: string | undefined): Promise<string> {
  if (account === undefined) return 'UTC';
  return profileTimeZone(client, account).catch(() => 'UTC');
}

async function profileTimeZone(client: WebClient, account: string): Promise<string> {
  const { user } = await client.users.info({ user: account });
  return user?.tz !== undefined && isTimeZone(user.tz) ? user.tz : 'UTC';
}

/** The time zone of an account. */
export type TimeZoneOf = (account: string | undefined) => Promise<string>;

/** The same, when it is its turn. Slack is asked once for each account, and again after it did not answer. */
export function rememberedTimeZones(client: WebClient, pace: Pace): TimeZoneOf {
  const known = new Map<string, Promise<string>>();
  return async (account) => {
    if (account === undefined) return 'UTC';
    const zone =
      known.get(account) ??
      pace
        .take({ method: 'users.info', isUrgent: false, mayWait: true })
        .then(() => profileTimeZone(client, account));
    known.set(account, zone);
    return zone.catch(() => {
      known.delete(account);
      return 'UTC';
    });
  };
}
