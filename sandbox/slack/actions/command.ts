/** A person types a slash command. */
import type { Reply } from '../api/reply.ts';
import { isObject, type Json } from '../check.ts';
import type { ActionResult } from '../model.ts';
import { commandBody } from '../payloads.ts';
import { respond } from '../response-urls.ts';
import { failed, refusedResponse, impossible, actingUser, send, type ActionContext } from './common.ts';

/**
 * Sends a command to the app. Slack refuses commands from people of another company and commands that are not
 * in a manifest.
 */
export async function command(
  context: ActionContext,
  channelId: string,
  typed: string,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person, forged } = context;
  const { channels, app } = slack.store.state;
  const channel = Object.hasOwn(channels, channelId) ? channels[channelId] : undefined;
  if (channel === undefined) return impossible(`there is no channel ${channelId}`);
  const [, name = '', text = ''] = /^(\/\S+)\s*([^]*)$/.exec(typed) ?? [];
  const declared = app.commands.some((each) => each.command === name);
  if (!forged && (!declared || user.value.kind === 'outsider'))
    return impossible(
      `\`${name || typed}\` is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    );
  if (!forged && !channel.members.includes(person))
    return impossible(`${user.value.real_name} is not in this channel`);
  const delivery = await send(
    slack,
    'slash_commands',
    commandBody(slack, user.value, channel, { command: name, text: text.trimEnd() }),
  );
  if (delivery.kind === 'unacknowledged')
    return failed(delivery, `${name} failed with the error "${delivery.code}"`);
  return postResponse(context, channelId, delivery.payload);
}

/**
 * Posts the message in the acknowledgement, if there is one. Only the person sees it unless `response_type`
 * is `in_channel`.
 */
function postResponse({ slack, person }: ActionContext, channel: string, payload: Json): ActionResult {
  if (payload['text'] === undefined && payload['blocks'] === undefined) return { kind: 'acked' };
  const reply = respond(slack.store, { person, channel }, payload);
  return reply.ok ? { kind: 'acked' } : refusedResponse(errorOf(reply));
}

const errorOf = (reply: Reply): string => {
  const { response_metadata: more } = reply;
  const messages = isObject(more) && Array.isArray(more['messages']) ? more['messages'].map(String) : [];
  return [String(reply['error']), ...messages].join(' ');
};
