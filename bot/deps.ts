import type { AllMiddlewareArgs } from '@slack/bolt';
import type { Refusal } from '../core/request/refusals.ts';
import type { Click } from '../ledger/index.ts';
import type { Inbox } from './slack-inbox.ts';
import type { ViewDeps } from '../requests/view.ts';

/** What the bot works on. It holds no vendor's credential; `providers` only describe. */
export type BotDeps = ViewDeps &
  Readonly<{
    inbox: Inbox;
    /** Asks Slack what kind of account clicked; throws when it does not say. */
    checkAccount: (click: Click) => Promise<Refusal | undefined>;
    /** Opens a sealed password, at the moment it is shown. */
    openSecret: (sealed: Buffer) => string;
    /** For the operator: what people should have been told and were not. */
    warn: (message: string) => void;
    /** The channel where requests are shown to those who decide. */
    channel: string;
  }>;

export type Client = AllMiddlewareArgs['client'];

/** The parts of Slack's payloads that say who did it and where. */
type Body = Readonly<{
  user?: { id: string; team_id?: string };
  user_id?: string;
  team?: { id: string } | null;
  team_id?: string;
  channel?: { id: string };
  channel_id?: string;
}>;

export const callerOf = (body: object) => {
  const { user, user_id, team, team_id, channel, channel_id } = body as Body;
  return {
    user: user?.id ?? user_id ?? '',
    team: user?.team_id ?? team?.id ?? team_id,
    channel: channel?.id ?? channel_id,
  };
};
