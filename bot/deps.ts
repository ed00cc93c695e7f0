import type { AllMiddlewareArgs } from '@slack/bolt';
import { requestNamedIn, type RequestId } from '../core/ids.ts';
import type { AccountFacts } from '../core/account.ts';
import type { Provider } from '../providers/provider.ts';
import type { Silence } from './courier/silence.ts';
import type { Inbox } from './inbound/slack-inbox.ts';
import type { ViewDeps } from '../requests/view.ts';

/** What the bot works on. It has no credential of a vendor. */
export type BotDeps = ViewDeps &
  Readonly<{
    inbox: Inbox;
    /** The providers by name. They only write the credential of a lease; no vendor is called. */
    describers: ReadonlyMap<string, Provider>;
    /** Asks Slack what kind of account this is. Throws when Slack does not answer. */
    readAccount: (account: string) => Promise<AccountFacts>;
    /** Unseals a password, just before it is shown. */
    openSecret: (sealed: Buffer, context: string) => string;
    /** Logs for the operator that Slack does not show something, and of which request. */
    warn: (message: string, about?: Readonly<{ request?: string }>) => void;
    silence: Silence;
    /** The channel that shows the card of each request. */
    channel: string;
    /** The setting CURFEW_MOST_LEAVERS. */
    mostLeavers?: number;
  }>;

export type Client = AllMiddlewareArgs['client'];

type View = Readonly<{ private_metadata?: string }>;

/** The fields of Slack's payloads that name the user and the place. */
type Body = Readonly<{
  user?: { id: string; team_id?: string };
  user_id?: string;
  team?: { id: string } | null;
  team_id?: string;
  channel?: { id: string };
  channel_id?: string;
  trigger_id?: string;
  container?: { message_ts?: string; is_ephemeral?: boolean };
}>;

/** The request that the button, the form or the command names. */
export function requestOf(body: object): RequestId | undefined {
  const { actions, view, text } = body as Readonly<Record<string, unknown>>;
  return requestNamedIn(JSON.stringify([actions, (view as View | undefined)?.private_metadata, text]));
}

/** True when what was clicked is in a message that only this person sees. */
export const isEphemeral = (body: object): boolean => (body as Body).container?.is_ephemeral === true;

export const callerOf = (body: object) => {
  const { user, user_id, team, team_id, channel, channel_id, trigger_id, container } = body as Body;
  return {
    user: user?.id ?? user_id ?? '',
    team: user?.team_id ?? team?.id ?? team_id,
    channel: channel?.id ?? channel_id,
    // Slack does not let anybody update a message that only one person sees, so it is no card of the request.
    message: isEphemeral(body) ? undefined : container?.message_ts,
    trigger: trigger_id,
  };
};
