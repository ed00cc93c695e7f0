import type { WebClient } from '@slack/web-api';
import { isTimeZone } from '../core/local-time.ts';
import type { Pace } from './pace.ts';

/** The time zone in the Slack profile of an account. UTC when the profile has none, or when Slack does not say. */
export async function timeZoneOf(client: WebClient, account: string | undefined): Promise<string> {
  if (account === undefined) return 'UTC';
  const { user } = await client.users.info({ user: account }).catch(() => ({ user: undefined }));
  return user?.tz !== undefined && isTimeZone(user.tz) ? user.tz : 'UTC';
}

/** The same, with one question to Slack for each account, when it is its turn. */
export function rememberedTimeZones(
  client: WebClient,
  pace: Pace,
): (account: string | undefined) => Promise<string> {
  const known = new Map<string | undefined, Promise<string>>();
  return (account) => {
    const zone =
      known.get(account) ??
      pace
        .take({ method: 'users.info', isUrgent: false, mayWait: true })
        .then(() => timeZoneOf(client, account));
    known.set(account, zone);
    return zone;
  };
}
