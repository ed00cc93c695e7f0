/** The payloads that Slack sends to an app. */
import type { Json } from './check.ts';
import type { Channel, Message, Place, State, StateValues, User, View } from './model.ts';
import { messageAt, viewOf } from './read.ts';
import type { Slack } from './slack.ts';

export const appIdsOf = (state: State) => ({
  team_id: state.team.id,
  app_id: state.app.id,
  bot_id: state.app.bot_id,
});

/** A message as in the Web API's responses and interactive payloads. */
export const messageBody = (state: State, message: Message): Json => ({
  type: 'message',
  user: message.user,
  ts: message.ts,
  text: message.text,
  team: state.team.id,
  ...(message.bot_id === undefined ? {} : { bot_id: message.bot_id, app_id: state.app.id }),
  ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
  ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  ...(message.edited === undefined ? {} : { edited: message.edited }),
});

const userRef = (user: User): Json => ({
  id: user.id,
  username: user.name,
  name: user.name,
  team_id: user.team_id,
});

/** The name of a channel in a payload. */
export const nameIn = (channel: Channel): string => (channel.kind === 'dm' ? 'directmessage' : channel.name);

/** The fields of every interactive payload. */
export const interactiveBody = (slack: Slack, user: User, type: string): Json => {
  const { team, app } = slack.store.state;
  return {
    type,
    team: { id: team.id, domain: team.domain },
    user: userRef(user),
    api_app_id: app.id,
    token: slack.settings.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  };
};

/** A new `trigger_id`, with which the app can open a modal for this person. */
export const triggerFor = (slack: Slack, user: User): Json => ({ trigger_id: slack.triggers.issue(user.id) });

export const commandBody = (
  slack: Slack,
  user: User,
  channel: Channel,
  { command, text }: Readonly<{ command: string; text: string }>,
): Json => {
  const { team, app } = slack.store.state;
  return {
    token: slack.settings.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: nameIn(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: responseUrl(slack, user.id, channel.id),
    ...triggerFor(slack, user),
  };
};

export const responseUrl = (slack: Slack, person: string, channel: string, original?: string): string =>
  `${slack.url()}${slack.responses.issue({ person, channel, ...(original === undefined ? {} : { original }) })}`;

/** The `container` of an action, and either its message and channel or its view with the entered values. */
export function placeBody(slack: Slack, user: User, place: Place, values: StateValues): Json {
  const { state } = slack.store;
  if (place.kind === 'view') {
    const view = viewOf(state, user.id, place.viewId);
    return {
      container: { type: 'view', view_id: place.viewId },
      ...(view ? { view: withValues(view, values) } : {}),
    };
  }
  const message = messageAt(state, place.channel, place.ts);
  const channel = state.channels[place.channel];
  const ephemeral = message?.ephemeralFor !== undefined;
  return {
    container: {
      type: 'message',
      message_ts: place.ts,
      channel_id: place.channel,
      is_ephemeral: ephemeral,
      ...(message?.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: { id: place.channel, name: channel === undefined ? '' : nameIn(channel) },
    // Slack does not send an ephemeral message back to the app. The app can change it only through the
    // response_url.
    ...(message === undefined || ephemeral ? {} : { message: messageBody(state, message) }),
    state: { values },
  };
}

export const withValues = (view: View, values: StateValues): View => ({ ...view, state: { values } });

/** An event of the Events API with its outer fields. */
export const eventBody = (slack: Slack, event: Json, id: string): Json => {
  const { team, app } = slack.store.state;
  return {
    token: slack.settings.verificationToken,
    team_id: team.id,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(slack.settings.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: app.user_id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
};
