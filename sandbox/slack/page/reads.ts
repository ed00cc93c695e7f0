import { channelsOf, isReply, messagesOf, secondsOf } from '../read.ts';
import type { Channel, Message, State } from '../model.ts';

/**
 * The number of unread messages of one person: in each channel, and in total those addressed to the person.
 */
export type Unread = Readonly<{ inChannel: ReadonlyMap<string, number>; direct: number }>;

/**
 * The last message that each person has read in each channel. Kept in memory only. Messages from before the
 * start count as read.
 */
export interface ReadMarks {
  /** The person has read the channel up to this message. */
  markRead(person: string, channel: string, ts: string): void;
  unread(state: State, person: string): Unread;
}

const isUnreadKind = (message: Message, person: string): boolean =>
  message.user !== person && message.ephemeralFor === undefined && !isReply(message);

const mentions = (message: Message, person: string): boolean =>
  message.text.includes(`<@${person}>`) || JSON.stringify(message.blocks).includes(`"${person}"`);

export function createReadMarks(startedAt: number): ReadMarks {
  const upTo = new Map<string, number>();
  const keyOf = (person: string, channel: string) => `${person} ${channel}`;

  const newIn = (state: State, person: string, channel: Channel): readonly Message[] => {
    const read = upTo.get(keyOf(person, channel.id)) ?? startedAt / 1000;
    return messagesOf(state, person, channel.id).filter(
      (message) => secondsOf(message.ts) > read && isUnreadKind(message, person),
    );
  };

  return {
    markRead(person, channel, ts) {
      const key = keyOf(person, channel);
      upTo.set(key, Math.max(upTo.get(key) ?? 0, secondsOf(ts)));
    },
    unread(state, person) {
      const inChannel = new Map<string, number>();
      let direct = 0;
      for (const channel of channelsOf(state, person)) {
        const news = newIn(state, person, channel);
        inChannel.set(channel.id, news.length);
        direct +=
          channel.kind === 'dm' ? news.length : news.filter((message) => mentions(message, person)).length;
      }
      return { inChannel, direct };
    },
  };
}
