import type { WebClient } from '@slack/web-api';
import type { RequestId } from '../core/ids.ts';
import type { CardPlace, Ledger } from '../ledger/index.ts';
import type { RenderedMessage } from './blocks/request-card.ts';

type Where = Readonly<{ channel: string } | { user: string }>;

/** Writes to Slack. What Slack will never take is left out; anything else is thrown, and tried again later. */
export type Messenger = Readonly<{
  /**
   * Makes the request's one message in a place look like this; posts it first where `begin` says so. Without
   * `where` only one that is there already is redrawn.
   */
  show(
    request: RequestId,
    place: string,
    where: Where | undefined,
    drawn: RenderedMessage,
    begin: boolean,
  ): Promise<void>;
  /** Adds lines to a card's thread, once per telling. */
  note(
    request: RequestId,
    telling: number,
    card: CardPlace | undefined,
    lines: readonly string[],
  ): Promise<void>;
  postPrivately(user: string, channel: string | undefined, text: string): Promise<void>;
}>;

// The place is gone, or closed to us: no later try of the same call can succeed.
const FINAL_ERRORS = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'user_not_found',
  'user_not_in_channel',
  'cannot_dm_bot',
  'user_disabled',
  'messages_tab_disabled',
  'restricted_action',
  'user_not_visible',
  'account_inactive',
  'invalid_blocks',
  'msg_too_long',
  'msg_blocks_too_long',
  'not_allowed',
]);
const MISSING = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

const slackError = (error: unknown): string => (error as { data?: { error?: string } }).data?.error ?? '';

/** How long Slack wants us to wait, in milliseconds, where the error says so. */
export function retryAfterOf(error: unknown): number | undefined {
  const { retryAfter } = error as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? retryAfter * 1000 : undefined;
}

/** `lost` is told of words that Slack will never take, with Slack's own word for why. */
export function messenger(ledger: Ledger, client: WebClient, lost: (what: string) => void): Messenger {
  const dms = new Map<string, string>();

  async function unlessFinal(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const why = slackError(error);
      if (!FINAL_ERRORS.has(why)) throw error;
      lost(`${what}: ${why}`);
    }
  }

  async function channelOf(where: Where): Promise<string> {
    if ('channel' in where) return where.channel;
    const known = dms.get(where.user);
    if (known) return known;
    const { channel } = await client.conversations.open({ users: where.user });
    const id = channel?.id ?? '';
    dms.set(where.user, id);
    return id;
  }

  /** Whether the message is still there to be redrawn. */
  async function update({ channel, ts }: CardPlace, { text, blocks }: RenderedMessage): Promise<boolean> {
    try {
      await client.chat.update({ channel, ts, text, blocks });
      return true;
    } catch (error) {
      if (MISSING.has(slackError(error))) return false;
      throw error;
    }
  }

  return {
    show: (request, place, where, drawn, begin) =>
      unlessFinal(`the card in ${place}`, async () => {
        const card = (await ledger.cardsOf(request)).find((each) => each.place === place);
        if (card && (await update(card, drawn))) return;
        if (!where || (!card && !begin)) return;
        const channel = await channelOf(where);
        const { ts = '' } = await client.chat.postMessage({ channel, ...drawn, unfurl_links: false });
        await ledger.saveCard(request, { place, channel, ts });
      }),

    note: (request, telling, card, lines) =>
      unlessFinal(`a line under the card in ${card?.place}`, async () => {
        if (!card || lines.length === 0) return;
        const place = `note:${telling}:${card.place}`;
        if ((await ledger.cardsOf(request)).some((each) => each.place === place)) return;
        const { channel, ts: thread_ts } = card;
        const { ts = '' } = await client.chat.postMessage({ channel, thread_ts, text: lines.join('\n') });
        await ledger.saveCard(request, { place, channel, ts });
      }),

    async postPrivately(user, channel, text) {
      try {
        await client.chat.postEphemeral({ channel: channel ?? (await channelOf({ user })), user, text });
      } catch (error) {
        if (!FINAL_ERRORS.has(slackError(error))) throw error;
        // The bot is not where they typed; their direct messages are always open to it.
        await unlessFinal(
          'an answer in direct messages',
          async () => void (await client.chat.postMessage({ channel: await channelOf({ user }), text })),
        );
      }
    },
  };
}
