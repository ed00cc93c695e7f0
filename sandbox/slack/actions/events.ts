/** Actions that Slack sends to the app as events, and message shortcuts. */
import { dmWith } from '../api/channels.ts';
import type { Json } from '../check.ts';
import type { ActionResult, Message } from '../model.ts';
import { eventBody, interactiveBody, messageBody, nameIn, responseUrl, triggerFor } from '../payloads.ts';
import { homeOf, messagesOf } from '../read.ts';
import type { Slack } from '../slack.ts';
import type { Delivery } from '../envelope.ts';
import { newId } from '../store.ts';
import { failed, impossible, actingUser, send, type ActionContext } from './common.ts';

/**
 * Sends an event and resolves with the result. While nobody acknowledges the event, sends it again after each
 * configured wait with the same `event_id`. Slack retries events and nothing else.
 */
export async function sendEvent(slack: Slack, event: Json): Promise<Delivery> {
  const body = eventBody(slack, event, newId('Ev'));
  const first = await slack.sockets.deliver('events_api', body, undefined, slack.pendingFaults.copies());
  if (first.kind === 'unacknowledged') sendAgainLater(slack, body, 0);
  return first;
}

function sendAgainLater(slack: Slack, body: Json, attempt: number): void {
  const wait = slack.settings.redeliverAfter[attempt];
  if (wait === undefined) return;
  const timer = setTimeout(() => {
    void slack.sockets
      .deliver('events_api', body, { attempt: attempt + 1, reason: 'timeout' })
      .then((delivery) =>
        delivery.kind === 'unacknowledged' ? sendAgainLater(slack, body, attempt + 1) : undefined,
      );
  }, wait);
  timer.unref();
}

const resultOf = (delivery: Delivery): ActionResult =>
  delivery.kind === 'acked' ? { kind: 'acked' } : failed(delivery);

export async function openHome(context: ActionContext): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person } = context;
  const view = homeOf(slack.store.state, person);
  const channel = dmWith(slack, person).id;
  const event = {
    type: 'app_home_opened',
    user: person,
    channel,
    tab: 'home',
    event_ts: slack.store.newTs(),
  };
  return resultOf(await sendEvent(slack, { ...event, ...(view === undefined ? {} : { view }) }));
}

/** Escapes what a person types. Slack escapes these three characters and no others. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Posts a person's message. The app gets an event only for direct messages, not for messages in channels. */
export async function say(
  context: ActionContext,
  channelId: string,
  text: string,
  thread_ts?: string,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person, forged } = context;
  const { channels, team } = slack.store.state;
  const channel = Object.hasOwn(channels, channelId) ? channels[channelId] : undefined;
  if (channel === undefined || (!forged && !channel.members.includes(person)))
    return impossible(`${user.value.real_name} is not in ${channelId}`);
  if (text.trim() === '') return impossible('there is nothing to send');
  const message: Message = {
    channel: channelId,
    ts: slack.store.newTs(),
    user: person,
    text: escape(text),
    blocks: [],
    ...(thread_ts === undefined ? {} : { thread_ts }),
  };
  slack.store.apply({ kind: 'posted', message });
  if (channel.kind !== 'dm') return { kind: 'acked' };
  const { ts, text: escaped } = message;
  const event = { type: 'message', channel_type: 'im', user: person, channel: channelId, team: team.id };
  return resultOf(
    await sendEvent(slack, {
      ...event,
      ts,
      event_ts: ts,
      text: escaped,
      ...(thread_ts ? { thread_ts } : {}),
    }),
  );
}

/**
 * A message shortcut, which Slack shows under "More actions" on a message. The app need not be in the channel.
 * https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
 */
export async function shortcut(
  context: ActionContext,
  callback_id: string,
  channelId: string,
  ts: string,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person, forged } = context;
  const { state } = slack.store;
  const isDeclared = state.app.shortcuts.some((each) => each.callback_id === callback_id);
  if (!forged && (!isDeclared || user.value.kind === 'outsider'))
    return impossible(`${user.value.real_name} has no message shortcut ${callback_id}`);
  const channel = Object.hasOwn(state.channels, channelId) ? state.channels[channelId] : undefined;
  const message = messagesOf(state, person, channelId).find((each) => each.ts === ts);
  if (message === undefined || channel === undefined) return impossible('that message is not on this screen');
  if (!forged && !channel.members.includes(person))
    return impossible(`${user.value.real_name} is not in this channel`);
  if (message.ephemeralFor !== undefined) return impossible('a message that only you see has no shortcuts');
  return resultOf(
    await send(slack, 'interactive', {
      ...interactiveBody(slack, user.value, 'message_action'),
      ...triggerFor(slack, user.value),
      callback_id,
      action_ts: slack.store.newTs(),
      message_ts: ts,
      channel: { id: channel.id, name: nameIn(channel) },
      message: messageBody(state, message),
      response_url: responseUrl(slack, person, channelId, ts),
    }),
  );
}
