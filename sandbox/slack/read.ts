/** Questions about a workspace's state: what one person sees, and where. Pure. */
import type { KnownBlock } from '@slack/types';
import type { Channel, Message, Place, State, User, View } from './model.ts';

/** The direct message between the app and a person, if they ever had one. */
export const dmOf = (state: State, person: string): Channel | undefined =>
  Object.values(state.channels).find((channel) => channel.kind === 'dm' && channel.name === person);

/** Channels first, then the direct message with the app: what the person's side bar lists. */
export const channelsOf = (state: State, person: string): readonly Channel[] =>
  Object.values(state.channels)
    .filter((channel) => channel.members.includes(person))
    .sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'channel' ? -1 : 1));

/** All that one person sees in a channel, thread answers included, oldest first. */
export const messagesOf = (state: State, person: string, channel: string): readonly Message[] =>
  (state.messages[channel] ?? []).filter(
    (message) => message.ephemeralFor === undefined || message.ephemeralFor === person,
  );

/** The messages of a channel that are not answers in a thread. */
export const topLevelOf = (state: State, person: string, channel: string): readonly Message[] =>
  messagesOf(state, person, channel).filter((message) => !isReply(message));

/** The answers in the thread of one message, oldest first. */
export const repliesOf = (state: State, person: string, channel: string, ts: string): readonly Message[] =>
  messagesOf(state, person, channel).filter((message) => message.thread_ts === ts && isReply(message));

export const isReply = (message: Message): boolean =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts;

export const messageAt = (state: State, channel: string, ts: string): Message | undefined =>
  state.messages[channel]?.find((message) => message.ts === ts);

/** The modal that a person looks at now. */
export const topModalOf = (state: State, person: string): View | undefined => state.modals[person]?.at(-1);

export const homeOf = (state: State, person: string): View | undefined => state.homes[person];

/** A view that is open for this person, or their Home. */
export const viewOf = (state: State, person: string, viewId: string): View | undefined =>
  state.modals[person]?.find((view) => view.id === viewId) ??
  (state.homes[person]?.id === viewId ? state.homes[person] : undefined);

/** Whose screen a view is on. */
export const viewerOf = (state: State, viewId: string): string | undefined =>
  Object.keys(state.users).find((person) => viewOf(state, person, viewId) !== undefined);

export const blocksAt = (state: State, person: string, place: Place): readonly KnownBlock[] | undefined =>
  place.kind === 'view'
    ? viewOf(state, person, place.viewId)?.blocks
    : messagesOf(state, person, place.channel).find((message) => message.ts === place.ts)?.blocks;

/** People a newcomer may be in the page: everybody who can sign in. */
export const peopleOf = (state: State): readonly User[] =>
  Object.values(state.users).filter((user) => user.kind !== 'bot' && user.kind !== 'deactivated');

/** The seconds since 1970 that a `ts` names, for showing the time of a message. */
export const secondsOf = (ts: string): number => Number.parseFloat(ts);
