/**
 * `conversations.history` and `conversations.replies`: what the bot may read of a conversation.
 * https://docs.slack.dev/reference/methods/conversations.history
 */
import { no, ok, type Result } from '../../../core/result.ts';
import type { Json } from '../check.ts';
import type { Channel, Message } from '../model.ts';
import { messageBody } from '../payloads.ts';
import { isReply } from '../read.ts';
import type { Slack } from '../slack.ts';
import { answer, flagOf, refuse, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';

/** The scope that reading this kind of conversation needs. */
const scopeFor = (channel: Channel): string =>
  channel.kind === 'dm' ? 'im:history' : channel.is_private ? 'groups:history' : 'channels:history';

/** The conversation, if the bot may read it. Slack does not find a private channel that the bot is not in. */
function readable(slack: Slack, args: Json): Result<Channel, Reply> {
  const { channels, app } = slack.store.state;
  const id = stringOf(args, 'channel');
  const channel = Object.hasOwn(channels, id) ? channels[id] : undefined;
  const isMember = channel?.members.includes(app.user_id) === true;
  if (channel === undefined || (channel.is_private && !isMember)) return no(refuse('channel_not_found'));
  const { scopes } = slack.settings;
  const needed = scopeFor(channel);
  if (!scopes.includes(needed)) return no(refuse('missing_scope', { needed, provided: scopes.join(',') }));
  return isMember ? ok(channel) : no(refuse('not_in_channel'));
}

type Span = Readonly<{ includes: (ts: string) => boolean; limit: number }>;

const TS = /^\d{1,16}(\.\d{1,6})?$/;
const CURSOR = /^next_ts:(\d{1,16}\.\d{6})$/;

/** Compares two `ts`, which are exact as text and not as a number. Both get six digits after the point. */
const padded = (ts: string): string => {
  const [seconds = '', micros = ''] = ts.split('.');
  return `${seconds.padStart(16, '0')}.${micros.padEnd(6, '0')}`;
};
const isBefore = (a: string, b: string): boolean => padded(a) < padded(b);

/** The times and the number of messages of one call. `order` says where the next page begins. */
function spanOf(
  args: Json,
  order: 'newest first' | 'oldest first',
  limits: Readonly<{ usual: number; most: number }>,
): Result<Span, Reply> {
  const [latest, oldest, cursor] = [
    stringOf(args, 'latest'),
    stringOf(args, 'oldest'),
    stringOf(args, 'cursor'),
  ];
  if (latest !== '' && !TS.test(latest)) return no(refuse('invalid_ts_latest'));
  if (oldest !== '' && !TS.test(oldest)) return no(refuse('invalid_ts_oldest'));
  const [, from] = CURSOR.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (cursor !== '' && from === undefined) return no(refuse('invalid_cursor'));
  const limit = Number(stringOf(args, 'limit') || limits.usual);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.most) return no(refuse('invalid_limit'));
  const edge = flagOf(args, 'inclusive');
  const includes = (ts: string): boolean =>
    (latest === '' || isBefore(ts, latest) || (edge && !isBefore(latest, ts))) &&
    (oldest === '' || isBefore(oldest, ts) || (edge && !isBefore(ts, oldest))) &&
    (from === undefined || (order === 'newest first' ? !isBefore(from, ts) : !isBefore(ts, from)));
  return ok({ includes, limit });
}

/** At most `limit` messages of `all`, which are in the order of the response, and where the next page begins. */
function pageOf(slack: Slack, args: Json, all: readonly Message[], { includes, limit }: Span): Reply {
  const found = all.filter(({ ts }) => includes(ts));
  const next = found[limit];
  return answer({
    messages: found
      .slice(0, limit)
      .map((message) => bodyOf(slack, message, flagOf(args, 'include_all_metadata'))),
    has_more: next !== undefined,
    ...(next === undefined
      ? {}
      : { response_metadata: { next_cursor: Buffer.from(`next_ts:${next.ts}`).toString('base64') } }),
  });
}

/** A message with its metadata, if the call has `include_all_metadata`, and with the size of its thread. */
function bodyOf(slack: Slack, message: Message, withMetadata: boolean): Json {
  const { state } = slack.store;
  const replies = visible(slack, message.channel).filter(
    (each) => isReply(each) && each.thread_ts === message.ts,
  );
  const last = replies.at(-1);
  return {
    ...messageBody(state, message),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
    ...(last === undefined
      ? {}
      : { thread_ts: message.ts, reply_count: replies.length, latest_reply: last.ts }),
  };
}

/** Ephemeral messages are in no history. */
const visible = (slack: Slack, channel: string): readonly Message[] =>
  (slack.store.state.messages[channel] ?? []).filter(({ ephemeralFor }) => ephemeralFor === undefined);

/** The messages of a conversation, newest first. Replies in threads are not among them. */
function history(slack: Slack, args: Json): Reply {
  const channel = readable(slack, args);
  if (!channel.ok) return channel.error;
  const span = spanOf(args, 'newest first', { usual: 100, most: 999 });
  if (!span.ok) return span.error;
  const all = visible(slack, channel.value.id).filter((message) => !isReply(message));
  return pageOf(slack, args, all.toReversed(), span.value);
}

/** A message and the replies in its thread, oldest first. */
function replies(slack: Slack, args: Json): Reply {
  const channel = readable(slack, args);
  if (!channel.ok) return channel.error;
  const span = spanOf(args, 'oldest first', { usual: 1000, most: 1000 });
  if (!span.ok) return span.error;
  const root = stringOf(args, 'ts');
  const all = visible(slack, channel.value.id);
  if (!all.some(({ ts }) => ts === root)) return refuse('thread_not_found');
  return pageOf(
    slack,
    args,
    all.filter(({ ts, thread_ts }) => ts === root || thread_ts === root),
    span.value,
  );
}

const read = {
  token: 'bot',
  scopes: ['channels:history', 'groups:history', 'mpim:history', 'im:history'],
} as const;

export const historyMethods: Readonly<Record<string, Method>> = {
  'conversations.history': { ...read, required: ['channel'], run: history },
  'conversations.replies': { ...read, required: ['channel', 'ts'], run: replies },
};
