/** What people do that reaches the app as an event, and message shortcuts. */
import { dmWith } from '../api/channels.ts';
import type { Json } from '../check.ts';
import type { ActionResult, Message } from '../model.ts';
import { eventBody, interactiveBody, messageBody, responseUrl, triggerFor } from '../payloads.ts';
import { homeOf, messagesOf } from '../read.ts';
import type { Slack } from '../slack.ts';
import type { Delivery } from '../envelope.ts';
import { newId } from '../store.ts';
import { failed, impossible, actingUser, send, type ActionContext } from './common.ts';

/**
 * Sends an event, and again after each of the configured waits while nobody acknowledges it, with the same
 * `event_id`, as Slack does for events (and for nothing else). Resolves with the first delivery.
 */
export async function sendEvent(slack: Slack, event: Json): Promise<Delivery> {
  const body = eventBody(slack, event, newId('Ev'));
  const first = await slack.sockets.deliver('events_api', body, undefined, slack.pendingFaults.copies());
  if (first.kind === 'silent') sendAgainLater(slack, body, 0);
  return first;
}

function sendAgainLater(slack: Slack, body: Json, attempt: number): void {
  const wait = slack.settings.redeliverAfter[attempt];
  if (wait === undefined) return;
  const timer = setTimeout(() => {
    void slack.sockets
      .deliver('events_api', body, { attempt: attempt + 1, reason: 'timeout' })
      .then((delivery) =>
        delivery.kind === 'silent' ? sendAgainLater(slack, body, attempt + 1) : undefined,
      );
  }, wait);
  timer.unref();
}

const resultOf = (delivery: Delivery): ActionResult =>
  delivery.kind === 'acked' ? { kind: 'acked' } : failed(delivery);

export async function openHome(seat: ActionContext): Promise<ActionResult> {
  const user = actingUser(seat);
  if (!user.ok) return user.error;
  const { slack, person } = seat;
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

/** As Slack escapes what people type: these three characters, and no others. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The app hears of what is written to it directly, and of nothing that is said in channels. */
export async function say(
  seat: ActionContext,
  channelId: string,
  text: string,
  thread_ts?: string,
): Promise<ActionResult> {
  const user = actingUser(seat);
  if (!user.ok) return user.error;
  const { slack, person, forged } = seat;
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

/** A message shortcut: "More actions" on a message the person sees. */
export async function shortcut(
  seat: ActionContext,
  callback_id: string,
  channelId: string,
  ts: string,
): Promise<ActionResult> {
  const user = actingUser(seat);
  if (!user.ok) return user.error;
  const { slack, person } = seat;
  const { state } = slack.store;
  const message = messagesOf(state, person, channelId).find((each) => each.ts === ts);
  const channel = state.channels[channelId];
  if (message === undefined || channel === undefined) return impossible('that message is not on this screen');
  return resultOf(
    await send(slack, 'interactive', {
      ...interactiveBody(slack, user.value, 'message_action'),
      ...triggerFor(slack, user.value),
      callback_id,
      action_ts: slack.store.newTs(),
      message_ts: ts,
      channel: { id: channel.id, name: channel.kind === 'dm' ? 'directmessage' : channel.name },
      message: messageBody(state, message),
      response_url: responseUrl(slack, person, channelId, ts),
    }),
  );
}
