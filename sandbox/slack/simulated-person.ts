/**
 * A person of the workspace, for tests: acts as the person, reads what the person sees, and waits for
 * changes.
 */
import type {
  ActionResult,
  Channel,
  Message,
  EnteredValues,
  EnteredValue,
  View,
  Workspace,
} from './model.ts';
import { dmOf, homeOf, messagesOf, topModalOf } from './read.ts';

export type ClickDetails = Readonly<{ chosen?: EnteredValue; values?: EnteredValues; block_id?: string }>;

export interface SimulatedPerson {
  readonly id: string;
  /** Types a command, in the direct message with the app unless `channel` (an id or a name) is given. */
  command(text: string, channel?: string): Promise<ActionResult>;
  /** Clicks an element of a message or view as the person saw it, even if it has changed since. */
  click(on: Message | View, action_id: string, more?: ClickDetails): Promise<ActionResult>;
  /** Submits the visible modal. */
  submit(values: EnteredValues): Promise<ActionResult>;
  close(all?: boolean): Promise<ActionResult>;
  suggest(on: Message | View, action_id: string, typed: string): Promise<ActionResult>;
  openHome(): Promise<ActionResult>;
  say(text: string, channel?: string): Promise<ActionResult>;
  shortcut(callback_id: string, on: Message): Promise<ActionResult>;
  /**
   * The messages that this person sees in a channel, oldest first. `dm` is the direct message with the app.
   */
  messages(channel?: string): readonly Message[];
  modal(): View | undefined;
  home(): View | undefined;
  /** The first message for which `wanted` is true. Waits until there is one. */
  waitForMessage(wanted: (message: Message) => boolean, channel?: string, within?: number): Promise<Message>;
  /**
   * The first result of `look` that is not undefined. Calls `look` now and after every change. `what` is for
   * the error message: "waited for ...".
   */
  waitFor<T>(what: string, look: (me: SimulatedPerson) => T | undefined, within?: number): Promise<T>;
}

/**
 * After this many milliseconds a wait fails. Long enough that a slow machine does not fail a correct test.
 */
const WAIT_LIMIT_MS = 10_000;

export function asPerson(workspace: Workspace, id: string): SimulatedPerson {
  const channelOf = (name: string): Channel | undefined =>
    name === 'dm'
      ? dmOf(workspace.state, id)
      : Object.values(workspace.state.channels).find(
          (channel) => channel.id === name || channel.name === name,
        );
  // Opening Home creates the direct message with the app if there is none yet.
  const idOf = async (name: string): Promise<string> => {
    if (name === 'dm' && channelOf('dm') === undefined) await workspace.openHome(id);
    return channelOf(name)?.id ?? name;
  };
  const person: SimulatedPerson = {
    id,
    command: async (text, channel = 'dm') => workspace.command(id, await idOf(channel), text),
    click: (on, action_id, more = {}) =>
      workspace.click(id, { place: placeOf(on), action_id, seen: on.blocks, ...more }),
    submit: (values) => workspace.submit(id, topModalOf(workspace.state, id)?.id ?? 'none', values),
    close: (all = false) => workspace.close(id, topModalOf(workspace.state, id)?.id ?? 'none', all),
    suggest: (on, action_id, typed) => workspace.suggest(id, { place: placeOf(on), action_id, typed }),
    openHome: () => workspace.openHome(id),
    say: async (text, channel = 'dm') => workspace.say(id, await idOf(channel), text),
    shortcut: (callback_id, on) => workspace.shortcut(id, callback_id, on.channel, on.ts),
    messages: (channel = 'dm') => messagesOf(workspace.state, id, channelOf(channel)?.id ?? ''),
    modal: () => topModalOf(workspace.state, id),
    home: () => homeOf(workspace.state, id),
    waitForMessage: (wanted, channel = 'dm', within = WAIT_LIMIT_MS) =>
      person.waitFor(`a message in ${channel}`, () => person.messages(channel).find(wanted), within),
    waitFor: (what, look, within = WAIT_LIMIT_MS) => waitFor(workspace, person, look, { what, within }),
  };
  return person;
}

const placeOf = (on: Message | View) =>
  'hash' in on
    ? ({ kind: 'view', viewId: on.id } as const)
    : ({ kind: 'message', channel: on.channel, ts: on.ts } as const);

function waitFor<T>(
  workspace: Workspace,
  person: SimulatedPerson,
  look: (me: SimulatedPerson) => T | undefined,
  { what, within }: Readonly<{ what: string; within: number }>,
): Promise<T> {
  const there = look(person);
  if (there !== undefined) return Promise.resolve(there);
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      stop();
      act();
    };
    const stop = workspace.subscribe(() => {
      try {
        const found = look(person);
        if (found !== undefined) settle(() => resolve(found));
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            new Error(`${person.id} waited ${within} ms for ${what}. ${describeScreen(workspace, person)}`),
          ),
        ),
      within,
    );
  });
}

/** What the person sees now, for the error message of a failed wait. */
function describeScreen(workspace: Workspace, person: SimulatedPerson): string {
  const channels = Object.values(workspace.state.channels).filter((channel) =>
    channel.members.includes(person.id),
  );
  const lines = channels.flatMap((channel) =>
    person
      .messages(channel.id)
      .slice(-8)
      .map((message) => {
        const buttons = [...JSON.stringify(message.blocks).matchAll(/"action_id":"([^"]*)"/g)].map(
          (m) => m[1],
        );
        return `  #${channel.name} ${message.ts} ${message.user}${message.ephemeralFor ? ' (only you)' : ''}: ${message.text} [${buttons.join(', ')}]`;
      }),
  );
  const modal = person.modal();
  return [
    'On the screen:',
    ...lines,
    `  modal: ${modal === undefined ? 'none' : `${modal.callback_id} "${modal.title?.text}"`}`,
    `  home: ${person.home() === undefined ? 'none' : 'published'}; connections of the app: ${workspace.connections}`,
  ].join('\n');
}
