/**
 * The types of the sandbox's Slack workspace. Fields that Slack has keep Slack's names (`thread_ts`,
 * `private_metadata`), so that they can be compared with Slack's payloads. Fields that only the sandbox has
 * are in camel case. Everything is read-only: `evolve` in `changes.ts` returns the next state, and `read.ts`
 * reads from a state.
 */
import type { KnownBlock } from '@slack/types';
import type { Colleague } from '../world/company.ts';
import type { Json } from './check.ts';

/**
 * `guest` is a guest of several channels. `ultra-guest` is a guest of one channel (`is_ultra_restricted`).
 */
export type Kind = Colleague['kind'] | 'ultra-guest';

export type User = Readonly<{
  id: string;
  /** The handle, as in `@ana`. */
  name: string;
  real_name: string;
  title: string;
  email: string;
  tz: string;
  team_id: string;
  kind: Kind;
}>;

export type Channel = Readonly<{
  id: string;
  /** Without `#`. For a direct message, the id of the person. */
  name: string;
  purpose: string;
  kind: 'channel' | 'dm';
  /** A private channel. Absent for a public one and for a direct message. */
  is_private?: true;
  members: readonly string[];
}>;

/**
 * What an app attaches to its message for itself and other apps. No person sees it.
 * https://docs.slack.dev/messaging/message-metadata
 */
export type Metadata = Readonly<{ event_type: string; event_payload: Json }>;

export type Message = Readonly<{
  channel: string;
  /** `seconds.microseconds`: unique in the workspace and increasing, also across restarts. */
  ts: string;
  /** The `ts` of the message at the start of the thread. */
  thread_ts?: string;
  user: string;
  bot_id?: string;
  /** Unchanged as the app sent it: `&amp; &lt; &gt;` stay escaped, as in `conversations.history`. */
  text: string;
  /** Every block has a `block_id`, which is generated when the app sends none. */
  blocks: readonly KnownBlock[];
  edited?: Readonly<{ user: string; ts: string }>;
  /** Only this person sees the message. */
  ephemeralFor?: string;
  metadata?: Metadata;
}>;

export type PlainText = Readonly<{ type: 'plain_text'; text: string; emoji?: boolean }>;
export type Option = Readonly<{
  text: Readonly<{ type: 'plain_text' | 'mrkdwn'; text: string; emoji?: boolean }>;
  value: string;
  description?: PlainText;
}>;
export type OptionGroup = Readonly<{ label: PlainText; options: readonly Option[] }>;

/** The value of one input, as Slack sends it in `state.values[block_id][action_id]`. */
export type StateValue = Readonly<{
  type: string;
  value?: string | null;
  selected_option?: Option | null;
  selected_options?: readonly Option[];
  selected_user?: string | null;
  selected_users?: readonly string[];
  selected_conversation?: string | null;
  selected_conversations?: readonly string[];
  selected_channel?: string | null;
  selected_channels?: readonly string[];
  selected_date?: string | null;
  selected_time?: string | null;
  selected_date_time?: number | null;
  rich_text_value?: unknown;
}>;
export type StateValues = Readonly<Record<string, Readonly<Record<string, StateValue>>>>;

/** A modal or a Home, as Slack's `view` object. */
export type View = Readonly<{
  id: string;
  team_id: string;
  app_id: string;
  bot_id: string;
  type: 'modal' | 'home';
  title: PlainText | null;
  submit: PlainText | null;
  close: PlainText | null;
  blocks: readonly KnownBlock[];
  callback_id: string;
  private_metadata: string;
  external_id: string;
  state: Readonly<{ values: StateValues }>;
  hash: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
  root_view_id: string;
  previous_view_id: string | null;
}>;

export type State = Readonly<{
  team: Readonly<{ id: string; name: string; domain: string }>;
  app: Readonly<{
    id: string;
    name: string;
    bot_id: string;
    user_id: string;
    commands: readonly Command[];
    shortcuts: readonly MessageShortcut[];
  }>;
  users: Readonly<Record<string, User>>;
  channels: Readonly<Record<string, Channel>>;
  /** By channel id, oldest first. Includes thread replies and ephemeral messages, in order of time. */
  messages: Readonly<Record<string, readonly Message[]>>;
  /** By person: the open modals, at most three, the visible one last. */
  modals: Readonly<Record<string, readonly View[]>>;
  /** By person: the Home view that the app published last. */
  homes: Readonly<Record<string, View>>;
  /** The highest `ts` so far. The next one is higher even if the clock goes back. */
  lastTs: string;
}>;

/** A slash command in the app's manifest. Slack itself responds to all other commands. */
export type Command = Readonly<{ command: string; description: string; usage_hint: string }>;

/** A message shortcut in the app's manifest. Slack shows it in the menu "More actions" of a message. */
export type MessageShortcut = Readonly<{ callback_id: string; name: string; description: string }>;

/** The message or view that an element is in. */
export type Place = Readonly<
  { kind: 'message'; channel: string; ts: string } | { kind: 'view'; viewId: string }
>;

/**
 * What a person entered in one element: text (also for numbers, addresses and dates), the value of an option,
 * the id of a user, channel or conversation, several of these, or nothing. An option of an external select is
 * the whole suggested option, or its value after it was suggested.
 */
export type EnteredValue = string | Option | readonly (string | Option)[] | null;
export type EnteredValues = Readonly<Record<string, Readonly<Record<string, EnteredValue>>>>;

export type Click = Readonly<{
  place: Place;
  action_id: string;
  /** Needed only when two elements have the same `action_id`. */
  block_id?: string;
  /**
   * The chosen value of a select, an overflow menu, a date picker or an input that dispatches. A button has
   * none.
   */
  chosen?: EnteredValue;
  /** The current values of the other inputs of the message or view. */
  values?: EnteredValues;
  /**
   * The blocks on a screen that is not up to date. With them a person can click a button that the app has
   * removed.
   */
  seen?: readonly KnownBlock[];
}>;

export type Search = Readonly<{ place: Place; action_id: string; block_id?: string; typed: string }>;

/** The result of a person's action, as the person's screen shows it. */
export type ActionResult = Readonly<
  | { kind: 'acked' }
  /** The modal stays open, with an error message under each named block. */
  | { kind: 'errors'; errors: Readonly<Record<string, string>> }
  /** The modal was replaced, or another modal was opened on top of it. */
  | { kind: 'updated' | 'pushed'; view: View }
  /** This modal is closed. `cleared` means that all modals are closed. */
  | { kind: 'closed' | 'cleared' }
  | { kind: 'options'; options: readonly Option[]; groups: readonly OptionGroup[] }
  /**
   * The app did not respond in time, was not connected, or sent an invalid response. `warning` is what Slack
   * shows.
   */
  | { kind: 'failed'; code: 'operation_timeout' | 'dispatch_failed' | 'bad_response'; warning: string }
  /** Slack does not let the person do this. Nothing was sent to the app. */
  | { kind: 'impossible'; why: string }
>;

/** The workspace as people use it. The page renders its state, and the page's buttons call its functions. */
export interface Workspace {
  readonly state: State;
  /** The number of the app's Socket Mode connections. 0 means that the app is not connected. */
  readonly connections: number;
  /**
   * Calls the listener after every change of `state` or `connections`. Returns a function that unsubscribes.
   */
  subscribe(listener: () => void): () => void;
  /** Types `text` (which begins with `/`) into the message box of a channel or direct message. */
  command(person: string, channel: string, text: string): Promise<ActionResult>;
  click(person: string, click: Click): Promise<ActionResult>;
  submit(person: string, viewId: string, values: EnteredValues): Promise<ActionResult>;
  /** Closes the visible modal. With `all` (the cross in the corner), closes all modals. */
  close(person: string, viewId: string, all?: boolean): Promise<ActionResult>;
  /** Requests the options of an external select from the app. */
  suggest(person: string, search: Search): Promise<ActionResult>;
  /** Opens the app's Home tab (`app_home_opened`). */
  openHome(person: string): Promise<ActionResult>;
  /** Posts an ordinary message. With `thread_ts`, posts it in that thread. */
  say(person: string, channel: string, text: string, thread_ts?: string): Promise<ActionResult>;
  /** Uses a message shortcut of the app on a message. */
  shortcut(person: string, callback_id: string, channel: string, ts: string): Promise<ActionResult>;
}
