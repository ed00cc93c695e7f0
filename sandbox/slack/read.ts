/** Pure functions that read from a workspace's state, for example what one person sees. */
import type { KnownBlock } from '@slack/types';
import type { Channel, Message, Place, State, User, View } from './model.ts';

/** The direct message between the app and a person. Undefined before it was opened. */
export const dmOf = (state: State, person: string): Channel | undefined =>
  Object.values(state.channels).find((channel) => channel.kind === 'dm' && channel.name === person);

/** The person's channels, then the direct message with the app, in the order of the side bar. */
export const channelsOf = (state: State, person: string): readonly Channel[] =>
  Object.values(state.channels)
    .filter((channel) => channel.members.includes(person))
    .sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'channel' ? -1 : 1));

/** All messages that one person sees in a channel, with thread replies, oldest first. */
export const messagesOf = (state: State, person: string, channel: string): readonly Message[] =>
  (state.messages[channel] ?? []).filter(
    (message) => message.ephemeralFor === undefined || message.ephemeralFor === person,
  );

/** The messages of a channel that are not replies in a thread. */
export const topLevelOf = (state: State, person: string, channel: string): readonly Message[] =>
  messagesOf(state, person, channel).filter((message) => !isReply(message));

/** The replies in the thread of one message, oldest first. */
export const repliesOf = (state: State, person: string, channel: string, ts: string): readonly Message[] =>
  messagesOf(state, person, channel).filter((message) => message.thread_ts === ts && isReply(message));

export const isReply = (message: Message): boolean =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts;

export const messageAt = (state: State, channel: string, ts: string): Message | undefined =>
  state.messages[channel]?.find((message) => message.ts === ts);

/** The modal that is visible to a person. */
export const topModalOf = (state: State, person: string): View | undefined => state.modals[person]?.at(-1);

export const homeOf = (state: State, person: string): View | undefined => state.homes[person];

/** An open modal of this person with this id, or their Home. */
export const viewOf = (state: State, person: string, viewId: string): View | undefined =>
  state.modals[person]?.find((view) => view.id === viewId) ??
  (state.homes[person]?.id === viewId ? state.homes[person] : undefined);

/** The person who has this view open. */
export const viewerOf = (state: State, viewId: string): string | undefined =>
  Object.keys(state.users).find((person) => viewOf(state, person, viewId) !== undefined);

export const blocksAt = (state: State, person: string, place: Place): readonly KnownBlock[] | undefined =>
  place.kind === 'view'
    ? viewOf(state, person, place.viewId)?.blocks
    : messagesOf(state, person, place.channel).find((message) => message.ts === place.ts)?.blocks;

/** The people that a user of the page can act as: everybody who can sign in. */
export const peopleOf = (state: State): readonly User[] =>
  Object.values(state.users).filter((user) => user.kind !== 'bot' && user.kind !== 'deactivated');

/** The time of a message in seconds since 1970. */
export const secondsOf = (ts: string): number => Number.parseFloat(ts);
