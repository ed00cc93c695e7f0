import { mentions } from '../mentions.ts';
import { channelsOf, isReply, messagesOf, repliesOf, secondsOf } from '../read.ts';
import type { Channel, Message, State } from '../model.ts';

/**
 * The unread messages of one person in one channel. `messages` does not count replies in threads: a reply marks its
 * thread only. `notifying` counts what notifies the person, as in Slack: a new message in a direct message, and a
 * mention anywhere. An edit notifies nobody.
 */
export type UnreadIn = Readonly<{ messages: number; notifying: number }>;

/** By channel, and what notifies the person in all of them. */
export type Unread = Readonly<{ inChannel: ReadonlyMap<string, UnreadIn>; notifying: number }>;

/**
 * The last message that each person has read in each channel and in each thread. Kept in memory only. Messages
 * from before the start count as read.
 */
export interface ReadMarks {
  /** The person has read the channel, or the thread with this first message, up to this message. */
  markRead(person: string, channel: string, ts: string, thread?: string): void;
  unread(state: State, person: string): Unread;
  /** The number of unread replies in the thread of a message. */
  unreadReplies(state: State, person: string, root: Message): number;
}

const isNotOwn = (message: Message, person: string): boolean =>
  message.user !== person && message.ephemeralFor === undefined;

const EVERYBODY = ['here', 'channel', 'everyone'];

const isMentioned = (message: Message, person: string): boolean => {
  const all = mentions(message);
  return [person, ...EVERYBODY].some((each) => all.has(each));
};

export function createReadMarks(startedAt: number): ReadMarks {
  const upTo = new Map<string, number>();
  const keyOf = (person: string, channel: string, thread = '') => `${person} ${channel} ${thread}`;
  const isAfter = ({ ts }: Message, key: string): boolean =>
    secondsOf(ts) > (upTo.get(key) ?? startedAt / 1000);

  const newIn = (state: State, person: string, channel: Channel): readonly Message[] =>
    messagesOf(state, person, channel.id).filter(
      (message) =>
        isNotOwn(message, person) && isAfter(message, keyOf(person, channel.id, threadOf(message))),
    );
  const notifies = (message: Message, person: string, channel: Channel): boolean =>
    (channel.kind === 'dm' && !isReply(message)) || isMentioned(message, person);

  return {
    markRead(person, channel, ts, thread) {
      const key = keyOf(person, channel, thread);
      upTo.set(key, Math.max(upTo.get(key) ?? 0, secondsOf(ts)));
    },
    unread(state, person) {
      const inChannel = new Map<string, UnreadIn>();
      for (const channel of channelsOf(state, person)) {
        const news = newIn(state, person, channel);
        inChannel.set(channel.id, {
          messages: news.filter((message) => !isReply(message)).length,
          notifying: news.filter((message) => notifies(message, person, channel)).length,
        });
      }
      const notifying = [...inChannel.values()].reduce((sum, each) => sum + each.notifying, 0);
      return { inChannel, notifying };
    },
    unreadReplies: (state, person, { channel, ts }) =>
      repliesOf(state, person, channel, ts).filter(
        (reply) => isNotOwn(reply, person) && isAfter(reply, keyOf(person, channel, ts)),
      ).length,
  };
}

const threadOf = (message: Message): string | undefined => (isReply(message) ? message.thread_ts : undefined);
