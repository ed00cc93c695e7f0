import type { WebClient } from '@slack/web-api';
import type { PersonId, RequestId } from '../../core/ids.ts';
import type { Ledger, PostedMessage } from '../../ledger/index.ts';
import type { RenderedMessage } from '../cards/rendered-message.ts';
import { type Pace, UNPACED } from './pace.ts';
import { pacedCalls } from './paced-calls.ts';
import { type Cause, CHANNEL, firstPlace, laterPlace, messagesTo, personOfPlace } from './places.ts';
import { findEarlier, postOnce, type Posting } from './post-once.ts';
import { isFinal, slackErrorCode } from './slack-errors.ts';
import { slackWriter } from './slack-writer.ts';

type ToPerson = Readonly<{
  request: RequestId;
  person: PersonId;
  /** Their Slack account. Left out when they have none. A message that is there is updated all the same. */
  user: string | undefined;
  message: RenderedMessage;
}>;

/**
 * `mayPost`: true when a person without a message of this request gets one. `older` replaces the messages before the newest one that may
 * still show something else: those whose answer was lost, and with `redrawsOlder` the one just before the newest.
 */
export type PersonalCard = ToPerson &
  Readonly<{ mayPost: boolean; older?: RenderedMessage; redrawsOlder?: boolean }>;

/** The message is posted once for its cause. `older` replaces the message that was the newest one before. */
export type NewCard = ToPerson & Readonly<{ cause: Cause; older: RenderedMessage }>;

/** An attempt to send something. The first one is 1. */
export type Attempt = Readonly<{
  tries?: number;
  /**
   * False for an attempt that only makes the edits and the posts in a channel that Slack's limits allow now, and throws
   * `MustWait` for any other. New messages to a person always wait for their turn. The default is true.
   */
  editsWait?: boolean;
}>;

/** Writes to Slack, within Slack's limits. It skips a message that Slack will never accept. It throws any other error, for a retry later. */
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
  /** Updates a message that was found later, because it was not recorded when it was posted. */
  update(posted: PostedMessage, message: RenderedMessage, request?: RequestId): Promise<void>;
  /**
   * Shows a message to one user only, where they clicked, or else in their direct messages. It is no message of Slack, so it is possible while
   * Slack accepts none. They do not see it any more after they started Slack again.
   */
  tellOnScreen(user: string, channel: string | undefined, message: RenderedMessage): Promise<void>;
  /** The same. When they clicked where the bot cannot write, it posts a message in their direct messages instead. */
  postPrivately(
    user: string,
    channel: string | undefined,
    message: RenderedMessage,
    request?: RequestId,
  ): Promise<void>;
}>;

/**
 * Returns the messenger of each attempt to send something. `onSkipped` is called for each message that
 * Slack will never accept, with Slack's error code.
 */
export function openMessenger(
  ledger: Ledger,
  client: WebClient,
  onSkipped: (what: string, about?: Readonly<{ request: RequestId }>) => void,
  pace: Pace = UNPACED,
): (attempt?: Attempt) => Messenger {
  const dmChannels = new Map<string, string>();
  return ({ tries = 1, editsWait = true } = {}) => {
    const calls = pacedCalls(pace, editsWait);
    const writer = slackWriter(client, calls, dmChannels);
    const { update, postEphemeral } = writer;
    const tools = { ledger, client, calls, writer, warn: onSkipped };

    async function skipFinalErrors(
      what: string,
      request: RequestId | undefined,
      work: () => Promise<unknown>,
    ): Promise<void> {
      try {
        await work();
      } catch (error) {
        if (!isFinal(error, tries)) throw error;
        onSkipped(`${what}: ${slackErrorCode(error)}`, request && { request });
      }
    }

    /** Updates a message. One that does not exist any more is posted again. */
    async function show(posted: PostedMessage | undefined, posting: Posting): Promise<void> {
      if (posted && (await update(posted, posting.message))) return;
      await postOnce(tools, { ...posting, gone: posted?.ts });
    }

    /**
     * The messages of a request to this person, newest first. Those whose answer was lost are looked for: they may have buttons. `found` has
     * their places. The message in the place `own` is left out of the search.
     */
    async function messagesOf({ request, person, user }: ToPerson, own?: string): Promise<PersonMessages> {
      const found = new Set<string>();
      const unanswered = user === undefined ? [] : await ledger.unansweredPosts(request);
      for (const { place, triedSince } of unanswered) {
        if (user === undefined || place === own || personOfPlace(place) !== person) continue;
        const posted = await findEarlier(tools, { request, place, recipient: { user } }, triedSince);
        if (posted) found.add(place);
        await (posted ? ledger.savePostedMessage(request, posted) : ledger.forgetPost(request, place));
      }
      return { messages: messagesTo(await ledger.postedMessages(request), person), found };
    }

    return {
      showInChannel: ({ request, channel, message }) =>
        skipFinalErrors('the card in the channel', request, async () => {
          const posted = (await ledger.postedMessages(request)).find(({ place }) => place === CHANNEL);
          await show(posted, { request, place: CHANNEL, recipient: { channel }, message });
        }),

      showToPerson: (card) =>
        skipFinalErrors(`the card of ${card.person}`, card.request, async () => {
          const { request, person, user, message, mayPost, older, redrawsOlder = false } = card;
          const { messages, found } = await messagesOf(card);
          const [newest, ...before] = messages;
          const place = newest?.place ?? firstPlace(person);
          if (user !== undefined && (newest || mayPost))
            await show(newest, { request, place, recipient: { user }, message });
          else if (newest) await update(newest, message);
          for (const each of before)
            if (older && (found.has(each.place) || (redrawsOlder && each === before[0])))
              await update(each, older);
        }),

      tellPerson: (card) =>
        skipFinalErrors(`a new message to ${card.person}`, card.request, async () => {
          const { request, cause, person, user, message, older } = card;
          const place = laterPlace(cause, person);
          const { messages, found } = await messagesOf(card, place);
          const own = messages.find((each) => each.place === place);
          if (own) await update(own, message);
          else if (user === undefined) return void (messages[0] && (await update(messages[0], message)));
          else await postOnce(tools, { request, place, recipient: { user }, message });
          // A retry updates the same older message.
          const before = messages.filter(({ ts }) => own === undefined || ts < own.ts);
          for (const each of before)
            if (found.has(each.place) || each === before[0]) await update(each, older);
        }),

      postToPerson: ({ request, place, user, message }) =>
        skipFinalErrors(`the message ${place}`, request, async () => {
          if ((await ledger.postedMessages(request)).some((each) => each.place === place)) return;
          await postOnce(tools, { request, place, recipient: { user }, message });
        }),

      update: (posted, message, request) => skipFinalErrors('a card', request, () => update(posted, message)),

      tellOnScreen: (user, channel, message) =>
        postEphemeral(user, channel, message).catch((error: unknown) => {
          if (channel === undefined || !isFinal(error, tries)) throw error;
          return postEphemeral(user, undefined, message);
        }),

      async postPrivately(user, channel, message, request) {
        try {
          await postEphemeral(user, channel, message);
        } catch (error) {
          if (!isFinal(error, tries)) throw error;
          // The bot is not a member of the channel where they typed. It can always write to their direct messages.
          await skipFinalErrors('an answer in direct messages', request, async () => {
            await writer.takeTurn({ user });
            await writer.post({ user }, message);
          });
        }
      },
    };
  };
}

type PersonMessages = Readonly<{ messages: readonly PostedMessage[]; found: ReadonlySet<string> }>;
