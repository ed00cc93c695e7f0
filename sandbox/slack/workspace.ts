/** Implements `Workspace` of `model.ts` with the files in `actions/`. */
import { click, suggest, type SuggestedOptions } from './actions/click.ts';
import { command } from './actions/command.ts';
import { openHome, say, shortcut } from './actions/events.ts';
import { close, submit } from './actions/modal.ts';
import type { Workspace } from './model.ts';
import type { Slack } from './slack.ts';

/**
 * `forged` skips the checks of Slack's clients, so that a test can send requests that only an attacker could
 * send.
 */
export function createWorkspace(slack: Slack, forged = false): Workspace {
  const suggested: SuggestedOptions = new Map();
  const at = (person: string) => ({ slack, person, forged });
  return {
    get state() {
      return slack.store.state;
    },
    get connections() {
      return slack.sockets.connections;
    },
    subscribe: (listener) => slack.store.watch(listener),
    command: (person, channel, text) => command(at(person), channel, text),
    click: (person, clicked) => click(at(person), clicked, suggested),
    submit: (person, viewId, values) => submit(at(person), viewId, values, suggested),
    close: (person, viewId, all = false) => close(at(person), viewId, all),
    suggest: (person, search) => suggest(at(person), search, suggested),
    openHome: (person) => openHome(at(person)),
    say: (person, channel, text, thread_ts) => say(at(person), channel, text, thread_ts),
    shortcut: (person, callback_id, channel, ts) => shortcut(at(person), callback_id, channel, ts),
  };
}
