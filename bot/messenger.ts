import type { WebClient } from '@slack/web-api';
import type { RequestId } from '../core/ids.ts';
import type { PostedMessage, Ledger } from '../ledger/index.ts';
import type { RenderedMessage } from './blocks/request-card.ts';

/** A channel, or the direct messages of a user. */
type Recipient = Readonly<{ channel: string } | { user: string }>;

export type Card = Readonly<{
  request: RequestId;
  /** `channel`, or `dm:` and the id of a person. A request has at most one card in each place. */
  place: string;
  /** Left out when the person has no Slack account. A card that is there is updated all the same. */
  recipient: Recipient | undefined;
  message: RenderedMessage;
  /** True when the card is posted if it is not there. */
  mayPost: boolean;
}>;

export type ThreadReply = Readonly<{
  request: RequestId;
  /** The id of the outbox notification. It makes the reply idempotent. */
  notification: number;
  card: PostedMessage;
  message: RenderedMessage;
}>;

/** Writes to Slack. It skips a message that Slack will never accept. It throws any other error, for a retry later. */
export type Messenger = Readonly<{
  /** Updates the card of a request in one place, or posts it. */
  showCard(card: Card): Promise<void>;
  /** Posts a message in the thread of a card, once for each notification. */
  postInThread(reply: ThreadReply): Promise<void>;
  /** Shows a message to one user only: where they clicked, or in their direct messages. */
  postPrivately(user: string, channel: string | undefined, message: RenderedMessage): Promise<void>;
}>;

// The place does not exist or is closed to Curfew: a retry of the same call cannot succeed.
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
  'invalid_blocks',
  'msg_too_long',
  'msg_blocks_too_long',
  'not_allowed',
]);
// Slack is busy, or somebody must mend Curfew's access to Slack. The same message is accepted afterwards, however long that takes.
// The codes are those that Slack documents for every method (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
const PASSING_ERRORS = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'access_denied',
  'accesslimited',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
]);
const MESSAGE_IS_GONE = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

const slackErrorCode = (error: unknown): string => (error as { data?: { error?: string } }).data?.error ?? '';

/** Slack answered, and its answer is about the message itself, as far as anybody knows. */
export function isRefusal(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code !== '' && !PASSING_ERRORS.has(code);
}

/** The place of a card that nobody recorded when it was posted. */
export const foundPlace = (channel: string, ts: string): string => `found:${channel}:${ts}`;

export const isFound = ({ place }: Pick<PostedMessage, 'place'>): boolean => place.startsWith('found:');

/** The wait that Slack states in a rate limit error, in milliseconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const { retryAfter } = error as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? retryAfter * 1000 : undefined;
}

/** `onSkipped` is called for each message that Slack will never accept, with Slack's error code. */
export function openMessenger(
  ledger: Ledger,
  client: WebClient,
  onSkipped: (what: string) => void,
): Messenger {
  const dmChannels = new Map<string, string>();

  async function skipFinalErrors(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = slackErrorCode(error);
      if (!FINAL_ERRORS.has(code)) throw error;
      onSkipped(`${what}: ${code}`);
    }
  }

  /** Slack adds no preview of an address that stands in the message. Its text could come from elsewhere. */
  const post = (where: Readonly<{ channel: string; thread_ts?: string }>, message: RenderedMessage) =>
    client.chat.postMessage({ ...where, ...message, unfurl_links: false, unfurl_media: false });

  async function channelOf(recipient: Recipient): Promise<string> {
    if ('channel' in recipient) return recipient.channel;
    const known = dmChannels.get(recipient.user);
    if (known) return known;
    const { channel } = await client.conversations.open({ users: recipient.user });
    const id = channel?.id ?? '';
    dmChannels.set(recipient.user, id);
    return id;
  }

  /** Returns false when the message does not exist any more. */
  async function update({ channel, ts }: PostedMessage, { text, blocks }: RenderedMessage): Promise<boolean> {
    try {
      await client.chat.update({ channel, ts, text, blocks });
      return true;
    } catch (error) {
      if (MESSAGE_IS_GONE.has(slackErrorCode(error))) return false;
      throw error;
    }
  }

  /** Posts a message in its place, unless another gateway posts it at this moment. */
  async function postOnce(
    request: RequestId,
    { place, gone }: Readonly<{ place: string; gone?: string | undefined }>,
    send: () => Promise<Readonly<{ channel: string; ts: string }>>,
  ): Promise<void> {
    if (!(await ledger.claimPlace(request, { place, gone })))
      throw new Error(`another gateway posts the message in ${place}`);
    const sent = await send().catch(async (error: unknown) => {
      await ledger.releasePlace(request, place).catch(() => undefined); // The claim ends by itself.
      throw error;
    });
    await ledger.savePostedMessage(request, { place, ...sent });
  }

  return {
    showCard: ({ request, place, recipient, message, mayPost }) =>
      skipFinalErrors(`the card in ${place}`, async () => {
        const posted = (await ledger.postedMessages(request)).find((each) => each.place === place);
        if (posted && (await update(posted, message))) return;
        if (!recipient || (!posted && !mayPost)) return;
        await postOnce(request, { place, gone: posted?.ts }, async () => {
          const channel = await channelOf(recipient);
          const { ts = '' } = await post({ channel }, message);
          return { channel, ts };
        });
      }),

    postInThread: ({ request, notification, card, message }) =>
      skipFinalErrors(`a reply in the thread of the card in ${card.place}`, async () => {
        const place = `note:${notification}:${card.place}`;
        if ((await ledger.postedMessages(request)).some((each) => each.place === place)) return;
        const { channel, ts: thread_ts } = card;
        await postOnce(request, { place }, async () => {
          const { ts = '' } = await post({ channel, thread_ts }, message);
          return { channel, ts };
        });
      }),

    async postPrivately(user, channel, message) {
      try {
        await client.chat.postEphemeral({
          channel: channel ?? (await channelOf({ user })),
          user,
          ...message,
        });
      } catch (error) {
        if (!FINAL_ERRORS.has(slackErrorCode(error))) throw error;
        // The bot is not a member of the channel where they typed. It can always write to their direct messages.
        await skipFinalErrors(
          'an answer in direct messages',
          async () => void (await post({ channel: await channelOf({ user }) }, message)),
        );
      }
    },
  };
}
