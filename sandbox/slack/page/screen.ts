import { channelsOf, dmOf, messageAt, peopleOf } from '../read.ts';
import type { Channel, State, User } from '../model.ts';
import type { Viewer } from './viewer.ts';

/**
 * What the middle pane shows: a channel, the app's Home, or the direct message with the app (undefined before
 * its first message).
 */
export type Where = Readonly<
  { kind: 'channel'; channel: Channel } | { kind: 'home' } | { kind: 'dm'; channel: Channel | undefined }
>;

/** What one person sees. All of it is in the address, so that the page can be reloaded and opened twice. */
export type Screen = Readonly<{ as: User; where: Where; thread: string | undefined }>;

type Query = Readonly<{ as?: string | undefined; in?: string | undefined; thread?: string | undefined }>;

const whereOf = (state: State, person: string, place: string | undefined): Where => {
  if (place === 'home') return { kind: 'home' };
  const dm = dmOf(state, person);
  if (place === 'dm' || (dm !== undefined && place === dm.id)) return { kind: 'dm', channel: dm };
  const channels = channelsOf(state, person).filter((channel) => channel.kind === 'channel');
  const channel = channels.find(({ id }) => id === place) ?? channels[0];
  return channel === undefined ? { kind: 'home' } : { kind: 'channel', channel };
};

/**
 * The screen for an address. An unknown person or channel falls back to the first one, an unknown thread to
 * none.
 */
export function screenOf(state: State, query: Query): Screen | undefined {
  const people = peopleOf(state);
  const as =
    people.find(({ id }) => id === query.as) ?? people.find(({ kind }) => kind === 'member') ?? people[0];
  if (as === undefined) return undefined;
  const where = whereOf(state, as.id, query.in);
  const channel = channelIn(where);
  const root = channel && query.thread ? messageAt(state, channel.id, query.thread) : undefined;
  return { as, where, thread: root?.ts };
}

export const channelIn = (where: Where): Channel | undefined =>
  where.kind === 'home' ? undefined : where.channel;

/** The value of `in` in an address. */
export const placeOf = (where: Where): string => (where.kind === 'channel' ? where.channel.id : where.kind);

/** The address of a screen: the person, the place and the open thread. */
export const hrefOf = (as: string, place: string, thread?: string): string =>
  `/?${new URLSearchParams({ as, in: place, ...(thread !== undefined && { thread }) }).toString()}`;

export const viewerFor = (state: State, as: User, now: number): Viewer => ({
  id: as.id,
  tz: as.tz,
  now,
  people: new Map([
    ...Object.values(state.users).map((user) => [user.id, user.real_name] as const),
    [state.app.user_id, state.app.name],
  ]),
  channels: new Map(
    Object.values(state.channels).flatMap(({ id, name, kind }) =>
      kind === 'channel' ? [[id, name] as const] : [],
    ),
  ),
});
