import type { WebClient } from '@slack/web-api';
import type { PostedMessage } from '../../ledger/index.ts';
import type { RenderedMessage } from '../cards/rendered-message.ts';
import type { PacedCalls } from './paced-calls.ts';
import { isMessageGone } from './slack-errors.ts';

/** A channel, or the direct messages of a user. */
export type Recipient = Readonly<{ channel: string } | { user: string }>;

/** The calls of Slack that write a message, each within Slack's limits. They throw Slack's errors. */
export type SlackWriter = Readonly<{
  /** Waits until a message may be posted to the recipient. */
  takeTurn(recipient: Recipient): Promise<void>;
  /**
   * Posts a message whose turn it is. Slack takes the id of a user for their direct messages and opens them:
   * https://docs.slack.dev/reference/methods/chat.postMessage.
   */
  post(recipient: Recipient, message: RenderedMessage, more?: object): Promise<Omit<PostedMessage, 'place'>>;
  /** Updates a message when it is its turn. Returns false when the message does not exist any more. */
  update(posted: PostedMessage, message: RenderedMessage): Promise<boolean>;
  /** Shows a message to one user only, in a channel or else in their direct messages. */
  postEphemeral(user: string, channel: string | undefined, message: RenderedMessage): Promise<void>;
  /** The channel of the messages to the recipient. */
  channelOf(recipient: Recipient): Promise<string>;
}>;

/** `dmChannels`: the channel id of the direct messages of each user, as far as Slack has said it. */
export function slackWriter(
  client: WebClient,
  calls: PacedCalls,
  dmChannels: Map<string, string>,
): SlackWriter {
  async function channelOf(recipient: Recipient): Promise<string> {
    if ('channel' in recipient) return recipient.channel;
    const { user } = recipient;
    const known = dmChannels.get(user);
    if (known) return known;
    const { channel } = await calls.inTurn({ method: 'conversations.open', isUrgent: true }, () =>
      client.conversations.open({ users: user }),
    );
    const id = channel?.id ?? '';
    dmChannels.set(user, id);
    return id;
  }

  return {
    channelOf,
    takeTurn: (recipient) => calls.takeTurn(turnToPost(recipient)),
    async post(recipient, message, more = {}) {
      const to = 'channel' in recipient ? recipient.channel : recipient.user;
      // No preview of an address in the message, because the text can come from elsewhere.
      const noPreview = { unfurl_links: false, unfurl_media: false };
      const { channel = to, ts = '' } = await calls.run(turnToPost(recipient), () =>
        client.chat.postMessage({ channel: to, ...message, ...more, ...noPreview }),
      );
      if ('user' in recipient) dmChannels.set(recipient.user, channel);
      return { channel, ts };
    },
    async update({ channel, ts }, { text, blocks }) {
      try {
        await calls.inTurn({ method: 'chat.update', isUrgent: false }, () =>
          client.chat.update({ channel, ts, text, blocks }),
        );
        return true;
      } catch (error) {
        if (isMessageGone(error)) return false;
        throw error;
      }
    },
    async postEphemeral(user, where, message) {
      const channel = where ?? (await channelOf({ user }));
      await calls.inTurn({ method: 'chat.postEphemeral', isUrgent: true }, () =>
        client.chat.postEphemeral({ channel, user, ...message }),
      );
    },
  };
}

/** A new message to a person notifies them. The channel has time. */
const turnToPost = (recipient: Recipient) => ({
  method: 'chat.postMessage',
  channel: 'channel' in recipient ? recipient.channel : recipient.user,
  isUrgent: 'user' in recipient,
});
