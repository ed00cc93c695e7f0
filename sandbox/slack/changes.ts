/** The changes of a workspace. The state file has one per line, except those of modals. `evolve` is pure. */
import type { Channel, Message, State, User, View } from './model.ts';

export type Change = Readonly<
  | { kind: 'posted' | 'rewritten'; message: Message }
  | { kind: 'deleted'; channel: string; ts: string }
  | { kind: 'channel'; channel: Channel }
  | { kind: 'user'; user: User }
  /** All open modals of one person, the visible one last. */
  | { kind: 'modals'; person: string; views: readonly View[] }
  | { kind: 'home'; person: string; view: View }
>;

/** The state after one change. Throws on an unknown kind of change, which only a damaged state file has. */
export function evolve(state: State, change: Change): State {
  switch (change.kind) {
    case 'posted': {
      const { message } = change;
      const lastTs = message.ts > state.lastTs ? message.ts : state.lastTs;
      return { ...inChannel(state, message.channel, (all) => [...all, message]), lastTs };
    }
    case 'rewritten': {
      const { message } = change;
      return inChannel(state, message.channel, (all) =>
        all.map((old) => (old.ts === message.ts ? message : old)),
      );
    }
    case 'deleted':
      return inChannel(state, change.channel, (all) => all.filter((message) => message.ts !== change.ts));
    case 'channel':
      return { ...state, channels: { ...state.channels, [change.channel.id]: change.channel } };
    case 'user':
      return { ...state, users: { ...state.users, [change.user.id]: change.user } };
    case 'modals':
      return { ...state, modals: { ...state.modals, [change.person]: change.views } };
    case 'home':
      return { ...state, homes: { ...state.homes, [change.person]: change.view } };
    default:
      throw new Error(`a change of unknown kind: ${JSON.stringify(change satisfies never)}`);
  }
}

const inChannel = (
  state: State,
  channel: string,
  edit: (all: readonly Message[]) => readonly Message[],
): State => ({ ...state, messages: { ...state.messages, [channel]: edit(state.messages[channel] ?? []) } });
