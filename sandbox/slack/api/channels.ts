/** `conversations.*`: channels and direct messages. */
import type { Json } from '../check.ts';
import type { Channel } from '../model.ts';
import { dmOf } from '../read.ts';
import type { Slack } from '../slack.ts';
import { newId } from '../store.ts';
import { answer, flagOf, refuse, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';

/** The direct message with a person. Opens it if there is none. */
export function dmWith(slack: Slack, person: string): Channel {
  const { state } = slack.store;
  const known = dmOf(state, person);
  if (known !== undefined) return known;
  const channel: Channel = {
    id: newId('D'),
    name: person,
    purpose: '',
    kind: 'dm',
    members: [person, state.app.user_id],
  };
  slack.store.apply({ kind: 'channel', channel });
  return channel;
}

/**
 * The channel for an argument of `chat.*`: a channel id, a `#name`, or a person's id for the direct message.
 */
export function channelFor(slack: Slack, given: string): Channel | undefined {
  const { channels, users } = slack.store.state;
  if (Object.hasOwn(channels, given)) return channels[given];
  const person = Object.hasOwn(users, given) ? users[given] : undefined;
  if (person !== undefined)
    return person.kind === 'bot' || person.kind === 'deactivated' ? undefined : dmWith(slack, given);
  return Object.values(channels).find(
    (channel) => channel.kind === 'channel' && channel.name === given.replace(/^#/, ''),
  );
}

function open(slack: Slack, args: Json): Reply {
  const byChannel = stringOf(args, 'channel');
  if (byChannel !== '') {
    const known = slack.store.state.channels[byChannel];
    return known === undefined
      ? refuse('channel_not_found')
      : answer({ no_op: true, already_open: true, channel: { id: known.id } });
  }
  const people = stringOf(args, 'users').split(',').filter(Boolean);
  const [person] = people;
  if (person === undefined) return refuse('users_list_not_supplied');
  // The sandbox has no group messages. Slack would also refuse one to an app that has only im:write.
  if (people.length > 1)
    return refuse('missing_scope', { needed: 'mpim:write', provided: slack.settings.scopes.join(',') });
  const user = Object.hasOwn(slack.store.state.users, person) ? slack.store.state.users[person] : undefined;
  if (user === undefined) return refuse('user_not_found');
  if (user.kind === 'deactivated') return refuse('user_disabled');
  if (user.kind === 'bot') return refuse('cannot_dm_bot');
  const before = dmOf(slack.store.state, person) !== undefined;
  const channel = dmWith(slack, person);
  return answer({
    no_op: before,
    already_open: before,
    channel: flagOf(args, 'return_im') ? body(channel) : { id: channel.id },
  });
}

const body = (channel: Channel): Json =>
  channel.kind === 'dm'
    ? {
        id: channel.id,
        is_im: true,
        is_channel: false,
        is_archived: false,
        is_open: true,
        user: channel.name,
      }
    : {
        id: channel.id,
        name: channel.name,
        is_channel: true,
        is_im: false,
        is_private: channel.is_private === true,
        is_archived: false,
        is_general: channel.name === 'general',
        purpose: { value: channel.purpose, creator: '', last_set: 0 },
      };

function info(slack: Slack, args: Json): Reply {
  const channel = slack.store.state.channels[stringOf(args, 'channel')];
  if (channel === undefined) return refuse('channel_not_found');
  const is_member = channel.members.includes(slack.store.state.app.user_id);
  const count = flagOf(args, 'include_num_members') ? { num_members: channel.members.length } : {};
  return answer({ channel: { ...body(channel), is_member, ...count } });
}

/** One page of at most `limit` members. The cursor is the index of the next member. */
function members(slack: Slack, args: Json): Reply {
  const channel = slack.store.state.channels[stringOf(args, 'channel')];
  if (channel === undefined) return refuse('channel_not_found');
  return page('members', channel.members, args);
}

export function page(name: string, all: readonly unknown[], args: Json): Reply {
  const cursor = stringOf(args, 'cursor');
  const from =
    cursor === ''
      ? 0
      : Number(
          Buffer.from(cursor, 'base64url')
            .toString()
            .replace(/^next:/, ''),
        );
  if (!Number.isInteger(from) || from < 0) return refuse('invalid_cursor');
  const limit = Number(stringOf(args, 'limit') || 1000);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return refuse('invalid_limit');
  const next = from + limit < all.length ? Buffer.from(`next:${from + limit}`).toString('base64url') : '';
  return answer({ [name]: all.slice(from, from + limit), response_metadata: { next_cursor: next } });
}

const read = {
  token: 'bot',
  scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  required: ['channel'],
} as const;

export const channelMethods: Readonly<Record<string, Method>> = {
  'conversations.open': { token: 'bot', scopes: ['im:write'], required: [], run: open },
  'conversations.info': { ...read, run: info },
  'conversations.members': { ...read, run: members },
};
