import type { WebClient } from '@slack/web-api';
import type { RequestId } from '../core/ids.ts';
import type { PostedMessage, Ledger } from '../ledger/index.ts';
import type { RenderedMessage } from './blocks/request-card.ts';
import { isFinal, isMessageGone, slackErrorCode } from './slack-errors.ts';

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

/** The place of a card that nobody recorded when it was posted. */
export const foundPlace = (channel: string, ts: string): string => `found:${channel}:${ts}`;

export const isFound = ({ place }: Pick<PostedMessage, 'place'>): boolean => place.startsWith('found:');

/**
 * Returns the messenger of each attempt to send something; the first attempt is 1. `onSkipped` is called for each message that
 * Slack will never accept, with Slack's error code.
 */
export function openMessenger(
  ledger: Ledger,
  client: WebClient,
  onSkipped: (what: string) => void,
): (attempt?: number) => Messenger {
  const dmChannels = new Map<string, string>();

  async function skipFinalErrors(attempt: number, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFinal(error, attempt)) throw error;
      onSkipped(`${what}: ${slackErrorCode(error)}`);
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
      if (isMessageGone(error)) return false;
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

  return (attempt = 1) => ({
    showCard: ({ request, place, recipient, message, mayPost }) =>
      skipFinalErrors(attempt, `the card in ${place}`, async () => {
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
      skipFinalErrors(attempt, `a reply in the thread of the card in ${card.place}`, async () => {
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
        if (!isFinal(error, attempt)) throw error;
        // The bot is not a member of the channel where they typed. It can always write to their direct messages.
        await skipFinalErrors(
          attempt,
          'an answer in direct messages',
          async () => void (await post({ channel: await channelOf({ user }) }, message)),
        );
      }
    },
  });
}
