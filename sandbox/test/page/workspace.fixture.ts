import type { KnownBlock } from '@slack/types';
import type {
  ActionResult,
  Channel,
  Click,
  Message,
  State,
  EnteredValues,
  View,
  Workspace,
} from '../../slack/model.ts';
import { seed } from '../../slack/seed.ts';

/** An action that the page sent to the workspace, for assertions. */
export type ReceivedAction = Readonly<{ kind: string; person: string; detail: unknown }>;

type Responder = (person: string, detail: unknown) => ActionResult | Promise<ActionResult>;

export interface SimulatedWorkspace extends Workspace {
  readonly received: readonly ReceivedAction[];
  /** Sets the app's response to one kind of action. */
  answer(kind: string, responder: Responder): void;
  post(message: Omit<Message, 'ts' | 'blocks'> & { blocks?: readonly KnownBlock[]; at?: number }): string;
  redraw(channel: string, ts: string, blocks: readonly KnownBlock[]): void;
  openDm(person: string): string;
  open(person: string, view: Partial<View>): void;
  closeModals(person: string): void;
  publish(person: string, blocks: readonly KnownBlock[]): void;
  connect(count: number): void;
}

const acked: ActionResult = { kind: 'acked' };

/** A workspace in memory without an app. The test plays the app. */
export function simulatedWorkspace(): SimulatedWorkspace {
  let state: State = seed();
  let connections = 1;
  let serial = 0;
  const asked: ReceivedAction[] = [];
  const listeners = new Set<() => void>();
  const responders = new Map<string, Responder>();

  const set = (next: Partial<State>): void => {
    state = { ...state, ...next };
    listeners.forEach((listener) => listener());
  };
  const answered = async (kind: string, person: string, detail: unknown): Promise<ActionResult> => {
    asked.push({ kind, person, detail });
    return (await responders.get(kind)?.(person, detail)) ?? acked;
  };
  const messagesWith = (channel: string, messages: readonly Message[]) => ({
    messages: { ...state.messages, [channel]: messages },
  });
  // With milliseconds, as in the sandbox: without them, a message seems to be from before the second's later events.
  const stamp = (at: number): string => {
    const micros = String(at * 1000 + (serial += 1));
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  };

  const fake: SimulatedWorkspace = {
    received: asked,
    get state() {
      return state;
    },
    get connections() {
      return connections;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command: (person, channel, text) => answered('command', person, { channel, text }),
    click: (person, click: Click) => answered('click', person, click),
    submit: (person, viewId, values: EnteredValues) => answered('submit', person, { viewId, values }),
    async close(person, viewId, all) {
      fake.closeModals(person);
      return answered('close', person, { viewId, all });
    },
    suggest: (person, search) => answered('suggest', person, search),
    openHome: (person) => answered('home', person, undefined),
    say(person, channel, text, thread_ts) {
      fake.post({ channel, user: person, text, ...(thread_ts !== undefined && { thread_ts }) });
      return answered('say', person, { channel, text, thread_ts });
    },
    shortcut: (person, callback_id, channel, ts) =>
      answered('shortcut', person, { callback_id, channel, ts }),
    answer: (kind, responder) => void responders.set(kind, responder),
    post({ blocks = [], at = Date.now(), ...rest }) {
      const ts = stamp(at);
      set(messagesWith(rest.channel, [...(state.messages[rest.channel] ?? []), { ...rest, ts, blocks }]));
      return ts;
    },
    redraw(channel, ts, blocks) {
      const all = state.messages[channel] ?? [];
      set(
        messagesWith(
          channel,
          all.map((message) => (message.ts === ts ? { ...message, blocks } : message)),
        ),
      );
    },
    openDm(person) {
      const id = `D0${person.slice(2)}`;
      const dm: Channel = { id, name: person, purpose: '', kind: 'dm', members: [person, state.app.user_id] };
      if (!state.channels[id]) set({ channels: { ...state.channels, [id]: dm } });
      return id;
    },
    open(person, view) {
      const id = `V${(serial += 1)}`;
      const whole: View = {
        id,
        team_id: state.team.id,
        app_id: state.app.id,
        bot_id: state.app.bot_id,
        type: 'modal',
        title: null,
        submit: null,
        close: null,
        blocks: [],
        callback_id: '',
        private_metadata: '',
        external_id: '',
        state: { values: {} },
        hash: '1',
        clear_on_close: false,
        notify_on_close: false,
        root_view_id: id,
        previous_view_id: null,
        ...view,
      };
      const open = state.modals[person] ?? [];
      set({
        modals: { ...state.modals, [person]: [...open.filter((other) => other.id !== whole.id), whole] },
      });
    },
    closeModals: (person) => set({ modals: { ...state.modals, [person]: [] } }),
    publish(person, blocks) {
      fake.open(person, { type: 'home', blocks });
      const home = state.modals[person]?.at(-1);
      fake.closeModals(person);
      if (home) set({ homes: { ...state.homes, [person]: home } });
    },
    connect(count) {
      connections = count;
      set({});
    },
  };
  return fake;
}
