/**
 * What the sandbox's Slack workspace holds. Fields that Slack has are spelled as Slack spells them
 * (`thread_ts`, `private_metadata`), because a reader compares them with Slack's own payloads; fields that
 * only the sandbox needs are in our spelling. Everything is read-only: `evolve` in `changes.ts` makes the
 * next state, `read.ts` answers questions about one.
 */
import type { KnownBlock } from '@slack/types';
import type { Colleague } from '../world/company.ts';

/** A guest of one channel only is `ultra-guest` (`is_ultra_restricted`); of several, `guest`. */
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
  /** Without `#`. For a direct message: the id of the person it is with. */
  name: string;
  purpose: string;
  kind: 'channel' | 'dm';
  members: readonly string[];
}>;

export type Message = Readonly<{
  channel: string;
  /** `seconds.microseconds`: unique in the workspace and increasing, also across restarts. */
  ts: string;
  /** The `ts` of the message this one answers in a thread. */
  thread_ts?: string;
  user: string;
  bot_id?: string;
  /** Byte for byte as the app sent it: `&amp; &lt; &gt;` stay escaped, as `conversations.history` gives it. */
  text: string;
  /** Every block has a `block_id`, made up when the app gave none. */
  blocks: readonly KnownBlock[];
  edited?: Readonly<{ user: string; ts: string }>;
  /** Only this person sees it. */
  ephemeralFor?: string;
}>;

export type PlainText = Readonly<{ type: 'plain_text'; text: string; emoji?: boolean }>;
export type Option = Readonly<{
  text: Readonly<{ type: 'plain_text' | 'mrkdwn'; text: string; emoji?: boolean }>;
  value: string;
  description?: PlainText;
}>;
export type OptionGroup = Readonly<{ label: PlainText; options: readonly Option[] }>;

/** One input's value as Slack puts it into `state.values[block_id][action_id]`. */
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
  app: Readonly<{ id: string; name: string; bot_id: string; user_id: string; commands: readonly Command[] }>;
  users: Readonly<Record<string, User>>;
  channels: Readonly<Record<string, Channel>>;
  /** By channel id, oldest first; thread answers and ephemerals are in their places between the others. */
  messages: Readonly<Record<string, readonly Message[]>>;
  /** By person: the open modals, the visible one last (at most three). */
  modals: Readonly<Record<string, readonly View[]>>;
  /** By person: what the app last published. */
  homes: Readonly<Record<string, View>>;
  /** The highest `ts` ever given out, so that the next one is higher, whatever the clock says. */
  lastTs: string;
}>;

/** A slash command that the app's manifest declares; any other is answered by Slack itself. */
export type Command = Readonly<{ command: string; description: string; usage_hint: string }>;

/** Where an element stands that a person touches. */
export type Place = Readonly<
  { kind: 'message'; channel: string; ts: string } | { kind: 'view'; viewId: string }
>;

/**
 * What a person put into one element: text (also of numbers, addresses, dates), the value of an option, the
 * id of a user, channel or conversation, several of those, or nothing. An option of an external select is
 * given whole, as it was suggested, or by its value once it was.
 */
export type EnteredValue = string | Option | readonly (string | Option)[] | null;
export type EnteredValues = Readonly<Record<string, Readonly<Record<string, EnteredValue>>>>;

export type Click = Readonly<{
  place: Place;
  action_id: string;
  /** Needed only when two elements share the `action_id`. */
  block_id?: string;
  /** What was chosen, for a select, an overflow, a date picker or an input that dispatches; a button has none. */
  chosen?: EnteredValue;
  /** What the other inputs of the same message or view hold at this moment. */
  values?: EnteredValues;
  /** The blocks on a screen that was not redrawn yet: lets a person press a button that is gone by now. */
  seen?: readonly KnownBlock[];
}>;

export type Search = Readonly<{ place: Place; action_id: string; block_id?: string; typed: string }>;

/** What came of a person's action, as the person's screen shows it. */
export type ActionResult = Readonly<
  | { kind: 'acked' }
  /** The modal stays open, with a sentence under each named block. */
  | { kind: 'errors'; errors: Readonly<Record<string, string>> }
  /** The modal was replaced, or another one was put on top of it. */
  | { kind: 'updated' | 'pushed'; view: View }
  /** This modal is gone; `cleared` means that all those beneath it are too. */
  | { kind: 'closed' | 'cleared' }
  | { kind: 'options'; options: readonly Option[]; groups: readonly OptionGroup[] }
  /** The app did not answer in time, was not connected, or answered nonsense. `warning` is what Slack shows. */
  | { kind: 'failed'; code: 'operation_timeout' | 'dispatch_failed' | 'bad_answer'; warning: string }
  /** The person could not do this at all: nothing reached the app. */
  | { kind: 'impossible'; why: string }
>;

/** The person-facing side of the workspace: what a page draws, and what its buttons call. */
export interface Workspace {
  readonly state: State;
  /** How many Socket Mode connections the app holds right now; 0 means the bot is away. */
  readonly connections: number;
  /** Calls the listener after every change of state or of `connections`. Returns how to stop it. */
  subscribe(listener: () => void): () => void;
  /** Types `text` (which begins with `/`) into the message box of a channel or direct message. */
  command(person: string, channel: string, text: string): Promise<ActionResult>;
  click(person: string, click: Click): Promise<ActionResult>;
  submit(person: string, viewId: string, values: EnteredValues): Promise<ActionResult>;
  /** Closes the visible modal, or with `all` (the cross in the corner) the whole stack. */
  close(person: string, viewId: string, all?: boolean): Promise<ActionResult>;
  /** Asks the app for an external select's options. */
  suggest(person: string, search: Search): Promise<ActionResult>;
  /** Opens the app's Home tab (`app_home_opened`). */
  openHome(person: string): Promise<ActionResult>;
  /** Writes an ordinary message, in a thread with `thread_ts`. */
  say(person: string, channel: string, text: string, thread_ts?: string): Promise<ActionResult>;
  /** Uses a message shortcut of the app on a message. */
  shortcut(person: string, callback_id: string, channel: string, ts: string): Promise<ActionResult>;
}
