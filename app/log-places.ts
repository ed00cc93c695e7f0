import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { openPlaces } from '../audit/places/open-places.ts';
import { parsePlaces } from '../audit/places/parse-places.ts';
import type { Place } from '../audit/places/place.ts';
import { WAITS } from '../core/waits.ts';
import type { LogConnection } from './log-connection.ts';

/** The bot that posts checkpoints in a Slack channel. */
export type SlackOfLog = Readonly<{ botToken: string; apiUrl?: string | undefined }>;

/** Opens the places of the audit log. They connect with their first call. `home`: a folder of this machine. Throws when they cannot be places. */
export async function openLogPlaces(
  { name, places = '', region, endpoint }: LogConnection,
  { home, slack }: Readonly<{ home: string; slack?: SlackOfLog | undefined }>,
): Promise<readonly Place[]> {
  const settings = parsePlaces(places);
  if (!settings.ok) throw new Error(`CURFEW_LOG_PLACES: ${settings.error}`);
  const opened = await openPlaces(settings.value, {
    origin: name,
    bucket: {
      answerMs: WAITS.manifestAnswer.ms,
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    clones: join(home, 'log-clones'),
    slack: slack && slackCalls(slack),
  });
  if (!opened.ok) throw new Error(`CURFEW_LOG_PLACES: ${opened.error}`);
  return opened.value;
}

const slackCalls = ({ botToken, apiUrl }: SlackOfLog): WebClient =>
  new WebClient(botToken, {
    retryConfig: { retries: 0 },
    timeout: WAITS.slackCall.ms,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });
