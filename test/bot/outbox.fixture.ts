import type { WebClient } from '@slack/web-api';
import { news, redraws } from '../../bot/courier/notifications.ts';
import { startOutbox } from '../../bot/courier/outbox.ts';
import type { MessageKind } from '../../bot/courier/message-kind.ts';
import type { Pace } from '../../bot/courier/pace.ts';
import type { BotDeps } from '../../bot/deps.ts';
import { openInbox } from '../../bot/inbound/slack-inbox.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
import { REQUESTS, type Workplace } from './workplace.fixture.ts';

/** Sends the cards of requests, and no other kind of messages. */
export const startCourier = (deps: BotDeps, client: WebClient, pace?: Pace) =>
  startOutbox(deps, client, pace, [redraws, news]);

/** Sends the cards of requests of a workplace. */
export const courierOf = ({ ledger, policy, client }: Workplace, warn: (message: string) => void) =>
  startCourier(
    {
      ...{ ledger, policy, warn, channel: REQUESTS },
      describers: new Map(),
      inbox: openInbox({ ledger, policy, team: TEAM_ID }),
      readAccount: () => Promise.reject(new Error('the courier asks about no account')),
      openSecret: String,
      silence: () => undefined,
    },
    client,
  );

/** Sends what is due of a kind, one after the other, and then throws the first error. */
export async function sendDue({ take }: MessageKind): Promise<void> {
  const errors: unknown[] = [];
  for (const { send } of await take(100)) await send().catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}
