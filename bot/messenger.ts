import type { WebClient } from '@slack/web-api';
import type { PersonId, RequestId } from '../core/ids.ts';
import type { PostedMessage, Ledger } from '../ledger/index.ts';
import type { RenderedMessage } from './blocks/rendered-message.ts';
import { type Cause, CHANNEL, firstPlace, laterPlace, messagesTo } from './places.ts';
import { findPosted, metadataOf } from './posted-before.ts';
import { isFinal, isMessageGone, slackErrorCode } from './slack-errors.ts';

/** A channel, or the direct messages of a user. */
type Recipient = Readonly<{ channel: string } | { user: string }>;

type ToPerson = Readonly<{
  request: RequestId;
  person: PersonId;
  /** Their Slack account. Left out when they have none. A message that is there is updated all the same. */
  user: string | undefined;
  message: RenderedMessage;
}>;

/** `mayPost`: true when a person without a message of this request gets one. */
export type PersonalCard = ToPerson & Readonly<{ mayPost: boolean }>;

/** The message is posted once for its cause. `older` replaces the message that was the newest one before. */
export type NewCard = ToPerson & Readonly<{ cause: Cause; older: RenderedMessage }>;

/** Writes to Slack. It skips a message that Slack will never accept. It throws any other error, for a retry later. */
export type Messenger = Readonly<{
  /** Updates the card of a request in the channel, or posts it there. */
  showInChannel(
    card: Readonly<{ request: RequestId; channel: string; message: RenderedMessage }>,
  ): Promise<void>;
  /** Updates the newest message of a request to a person, which notifies nobody. */
  showToPerson(card: PersonalCard): Promise<void>;
  /** Posts a new message of a request to a person, so that Slack notifies them. The older one loses its buttons. */
  tellPerson(card: NewCard): Promise<void>;
  /** Posts a message to a person that is no card of a request, once in its place. */
  postToPerson(
    message: Readonly<{ request: RequestId; place: string; user: string; message: RenderedMessage }>,
  ): Promise<void>;
  /** Updates a message that nobody recorded when it was posted. */
  update(posted: PostedMessage, message: RenderedMessage): Promise<void>;
  /** Shows a message to one user only: where they clicked, or in their direct messages. */
  postPrivately(user: string, channel: string | undefined, message: RenderedMessage): Promise<void>;
}>;

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

  async function skipFinalErrors(attempt: number, what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFinal(error, attempt)) throw error;
      onSkipped(`${what}: ${slackErrorCode(error)}`);
    }
  }

  /** Slack adds no preview of an address that stands in the message. Its text could come from elsewhere. */
  const post = (channel: string, message: RenderedMessage, more: object = {}) =>
    client.chat.postMessage({ channel, ...message, ...more, unfurl_links: false, unfurl_media: false });

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

  type Posting = Readonly<{
    request: RequestId;
    place: string;
    recipient: Recipient;
    message: RenderedMessage;
    /** The message that was in this place and does not exist any more. */
    gone?: string | undefined;
  }>;

  /**
   * Posts a message in its place, unless another gateway posts it at this moment. When an earlier attempt ended without an
   * answer of Slack, that message may be there: then it is looked for, and updated.
   */
  async function postOnce({ request, place, recipient, message, gone }: Posting): Promise<void> {
    const claim = await ledger.claimPlace(request, { place, gone });
    if (!claim) throw new Error(`another gateway posts the message in ${place}`);
    const identity = { request, place };
    const sent = await (async () => {
      const channel = await channelOf(recipient);
      const before =
        claim.triedSince === undefined
          ? undefined
          : await findPosted({ client, warn: onSkipped }, { channel, identity, since: claim.triedSince });
      if (before !== undefined && (await update({ place, channel, ts: before }, message)))
        return { channel, ts: before };
      const { ts = '' } = await post(channel, message, { metadata: metadataOf(identity) });
      return { channel, ts };
    })().catch(async (error: unknown) => {
      const isUnknown = slackErrorCode(error) === '';
      await ledger.releasePlace(request, { place, isUnknown }).catch(() => undefined); // The claim ends by itself.
      throw error;
    });
    await ledger.savePostedMessage(request, { place, ...sent });
  }

  /** Updates a message. One that does not exist any more is posted again. */
  async function show(posted: PostedMessage | undefined, posting: Posting): Promise<void> {
    if (posted && (await update(posted, posting.message))) return;
    await postOnce({ ...posting, gone: posted?.ts });
  }

  return (attempt = 1) => ({
    showInChannel: ({ request, channel, message }) =>
      skipFinalErrors(attempt, 'the card in the channel', async () => {
        const posted = (await ledger.postedMessages(request)).find(({ place }) => place === CHANNEL);
        await show(posted, { request, place: CHANNEL, recipient: { channel }, message });
      }),

    showToPerson: ({ request, person, user, message, mayPost }) =>
      skipFinalErrors(attempt, `the card of ${person}`, async () => {
        const [newest] = messagesTo(await ledger.postedMessages(request), person);
        const place = newest?.place ?? firstPlace(person);
        if (user !== undefined && (newest || mayPost))
          await show(newest, { request, place, recipient: { user }, message });
        else if (newest) await update(newest, message);
      }),

    tellPerson: ({ request, cause, person, user, message, older }) =>
      skipFinalErrors(attempt, `a new message to ${person}`, async () => {
        const place = laterPlace(cause, person);
        const known = messagesTo(await ledger.postedMessages(request), person);
        const own = known.find((each) => each.place === place);
        if (own) await update(own, message);
        else if (user === undefined) return void (known[0] && (await update(known[0], message)));
        else await postOnce({ request, place, recipient: { user }, message });
        // A retry updates the same older message.
        const [before] = known.filter(({ ts }) => own === undefined || ts < own.ts);
        if (before) await update(before, older);
      }),

    postToPerson: ({ request, place, user, message }) =>
      skipFinalErrors(attempt, `the message ${place}`, async () => {
        if ((await ledger.postedMessages(request)).some((each) => each.place === place)) return;
        await postOnce({ request, place, recipient: { user }, message });
      }),

    update: (posted, message) => skipFinalErrors(attempt, 'a card', () => update(posted, message)),

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
        await skipFinalErrors(attempt, 'an answer in direct messages', async () =>
          post(await channelOf({ user }), message),
        );
      }
    },
  });
}
