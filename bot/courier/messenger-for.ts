import type { WebClient } from '@slack/web-api';
import type { BotDeps } from '../deps.ts';
import { type Attempt, type Messenger, openMessenger } from './messenger.ts';
import { type Pace, UNPACED } from './pace.ts';

/** The messenger of each attempt of a part that sends by itself. It warns the operator of what Slack will never accept. */
export const messengerFor = (
  { ledger, warn }: Pick<BotDeps, 'ledger' | 'warn'>,
  client: WebClient,
  pace: Pace = UNPACED,
): ((attempt?: Attempt) => Messenger) =>
  openMessenger(
    ledger,
    client,
    (what, about) => warn(`Slack does not accept a message, ${what}`, about),
    pace,
  );
