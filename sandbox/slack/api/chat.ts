/** `chat.*`: the bot's messages. */
import { no, ok, type Result } from '../../../core/result.ts';
import { contentOf, type Content } from './content.ts';
import type { Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { Channel, Message, Metadata } from '../model.ts';
import { messageBody } from '../payloads.ts';
import { isReply, messageAt } from '../read.ts';
import type { Slack } from '../slack.ts';
import { channelFor } from './channels.ts';
import { metadataOf, updatedMetadata } from './metadata.ts';
import { answer, refuse, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';

/** The channel, if the bot may post in it. A person's id means the direct message with that person. */
function writable(slack: Slack, args: Json): Result<Channel, Reply> {
  const channel = channelFor(slack, stringOf(args, 'channel'));
  if (channel === undefined) return no(refuse('channel_not_found'));
  return channel.members.includes(slack.store.state.app.user_id) ? ok(channel) : no(refuse('not_in_channel'));
}

/** `ephemeralFor` is the one user who sees the message; undefined for everybody. */
type NewMessage = Readonly<{
  channel: Channel;
  content: Content;
  ephemeralFor?: string;
  metadata?: Metadata | undefined;
}>;

function post(slack: Slack, args: Json, message: NewMessage): Message {
  const { channel, content, ephemeralFor, metadata } = message;
  const { app } = slack.store.state;
  const thread_ts = stringOf(args, 'thread_ts');
  const posted: Message = {
    channel: channel.id,
    ts: slack.store.newTs(),
    user: app.user_id,
    bot_id: app.bot_id,
    ...content,
    ...(thread_ts === '' ? {} : { thread_ts }),
    ...(ephemeralFor === undefined ? {} : { ephemeralFor }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  slack.store.apply({ kind: 'posted', message: posted });
  return posted;
}

const isThreadMissing = (slack: Slack, args: Json, channel: Channel): boolean =>
  stringOf(args, 'thread_ts') !== '' &&
  messageAt(slack.store.state, channel.id, stringOf(args, 'thread_ts')) === undefined;

function postMessage(slack: Slack, args: Json): Reply {
  const channel = writable(slack, args);
  if (!channel.ok) return channel.error;
  const content = contentOf(args, LIMITS.messageText);
  if (!content.ok) return content.error;
  const metadata = metadataOf(args);
  if (!metadata.ok) return metadata.error;
  if (isThreadMissing(slack, args, channel.value)) return refuse('thread_not_found');
  const message = post(slack, args, {
    channel: channel.value,
    content: content.value,
    metadata: metadata.value,
  });
  return answer({
    channel: message.channel,
    ts: message.ts,
    message: messageBody(slack.store.state, message),
  });
}

function postEphemeral(slack: Slack, args: Json): Reply {
  const channel = writable(slack, args);
  if (!channel.ok) return channel.error;
  const user = stringOf(args, 'user');
  if (slack.store.state.users[user] === undefined) return refuse('user_not_found');
  if (!channel.value.members.includes(user)) return refuse('user_not_in_channel');
  const content = contentOf(args, LIMITS.shortMessageText);
  if (!content.ok) return content.error;
  const message = post(slack, args, { channel: channel.value, content: content.value, ephemeralFor: user });
  return answer({ message_ts: message.ts });
}

/** The message that a call names, if it is the bot's own. Slack does not find ephemeral messages. */
function botMessage(slack: Slack, args: Json, refusal: string): Result<Message, Reply> {
  const channel = channelFor(slack, stringOf(args, 'channel'));
  if (channel === undefined) return no(refuse('channel_not_found'));
  const message = messageAt(slack.store.state, channel.id, stringOf(args, 'ts'));
  if (message === undefined || message.ephemeralFor !== undefined) return no(refuse('message_not_found'));
  return message.bot_id === slack.store.state.app.bot_id ? ok(message) : no(refuse(refusal));
}

/** An update with text only removes the blocks. An update with blocks only keeps the text. */
function update(slack: Slack, args: Json): Reply {
  const old = botMessage(slack, args, 'cant_update_message');
  if (!old.ok) return old.error;
  const content = contentOf(args, LIMITS.shortMessageText);
  if (!content.ok) return content.error;
  const metadata = updatedMetadata(args, old.value.metadata);
  if (!metadata.ok) return metadata.error;
  const text = args['text'] === undefined ? old.value.text : content.value.text;
  const edited = { user: slack.store.state.app.bot_id, ts: slack.store.newTs() };
  const { metadata: _old, ...kept } = old.value;
  const message: Message = {
    ...kept,
    ...content.value,
    text,
    edited,
    ...(metadata.value === undefined ? {} : { metadata: metadata.value }),
  };
  slack.store.apply({ kind: 'rewritten', message });
  const { channel, ts } = message;
  return answer({ channel, ts, text, message: messageBody(slack.store.state, message) });
}

function remove(slack: Slack, args: Json): Reply {
  const old = botMessage(slack, args, 'cant_delete_message');
  if (!old.ok) return old.error;
  const { channel, ts } = old.value;
  slack.store.apply({ kind: 'deleted', channel, ts });
  return answer({ channel, ts });
}

/** The address of a reply also says in which thread it is. */
const inThread = (permalink: string, { channel, thread_ts = '' }: Message): string =>
  `${permalink}?${new URLSearchParams({ thread_ts, cid: channel }).toString()}`;

/** A message of a public channel has a permalink also when the bot is not in the channel. */
function getPermalink(slack: Slack, args: Json): Reply {
  const { state } = slack.store;
  const [id, ts] = [stringOf(args, 'channel'), stringOf(args, 'message_ts')];
  const channel = Object.hasOwn(state.channels, id) ? state.channels[id] : undefined;
  const isHidden = channel?.is_private && !channel.members.includes(state.app.user_id);
  if (channel === undefined || isHidden) return refuse('channel_not_found');
  const message = messageAt(state, id, ts);
  if (message === undefined || message.ephemeralFor !== undefined) return refuse('message_not_found');
  const permalink = `https://${state.team.domain}.slack.com/archives/${id}/p${ts.replace('.', '')}`;
  return answer({ channel: id, permalink: isReply(message) ? inThread(permalink, message) : permalink });
}

const write = { token: 'bot', scopes: ['chat:write'] } as const;

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': { ...write, required: ['channel'], run: postMessage },
  'chat.postEphemeral': { ...write, required: ['channel', 'user'], run: postEphemeral },
  'chat.update': { ...write, required: ['channel', 'ts'], run: update },
  'chat.delete': { ...write, required: ['channel', 'ts'], run: remove },
  'chat.getPermalink': { token: 'bot', scopes: [], required: ['channel', 'message_ts'], run: getPermalink },
};
