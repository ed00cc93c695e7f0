/** `users.*`, `bots.info`, `team.info` and `auth.test`. */
import type { Json } from '../check.ts';
import type { User } from '../model.ts';
import type { Slack } from '../slack.ts';
import { page } from './channels.ts';
import { answer, refuse, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';

/** The current offset from UTC in seconds, as in `users.info`. */
function offsetOf(tz: string, now: number): number {
  const shown = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' }).format(now);
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(shown) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/**
 * A user object. For a deactivated account Slack omits the flags, so an app must not read a missing
 * `is_restricted` as false.
 */
function userBody(slack: Slack, user: User): Json {
  const { settings, store } = slack;
  const deleted = user.kind === 'deactivated';
  const mail = settings.scopes.includes('users:read.email') && user.email !== '' ? { email: user.email } : {};
  const profile = {
    title: user.title,
    real_name: user.real_name,
    display_name: user.name,
    team: user.team_id,
    ...mail,
    ...(user.id === store.state.app.user_id
      ? { bot_id: store.state.app.bot_id, api_app_id: store.state.app.id }
      : {}),
  };
  const common = {
    id: user.id,
    team_id: user.team_id,
    name: user.name,
    real_name: user.real_name,
    deleted,
    profile,
  };
  if (deleted) return { ...common, is_bot: false, is_app_user: false, updated: 0 };
  return {
    ...common,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetOf(user.tz, settings.now()),
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.kind === 'guest' || user.kind === 'ultra-guest',
    is_ultra_restricted: user.kind === 'ultra-guest',
    ...(user.kind === 'outsider' ? { is_stranger: true } : {}),
    is_bot: user.kind === 'bot' && user.id !== 'USLACKBOT',
    is_app_user: false,
    is_email_confirmed: user.email !== '',
    updated: 0,
  };
}

const find = (slack: Slack, id: string): User | undefined =>
  Object.hasOwn(slack.store.state.users, id) ? slack.store.state.users[id] : undefined;

function info(slack: Slack, args: Json): Reply {
  const user = find(slack, stringOf(args, 'user'));
  return user === undefined ? refuse('user_not_found') : answer({ user: userBody(slack, user) });
}

const listed = (slack: Slack, args: Json): Reply =>
  page(
    'members',
    Object.values(slack.store.state.users).map((user) => userBody(slack, user)),
    args,
  );

/** Slack does not find deactivated accounts by e-mail address. */
function byEmail(slack: Slack, args: Json): Reply {
  const email = stringOf(args, 'email').toLowerCase();
  const user = Object.values(slack.store.state.users).find(
    (each) =>
      each.kind !== 'deactivated' && each.kind !== 'outsider' && each.email !== '' && each.email === email,
  );
  return user === undefined ? refuse('users_not_found') : answer({ user: userBody(slack, user) });
}

function bot(slack: Slack, args: Json): Reply {
  const { app } = slack.store.state;
  const asked = stringOf(args, 'bot');
  if (asked !== '' && asked !== app.bot_id) return refuse('bot_not_found');
  return answer({
    bot: { id: app.bot_id, deleted: false, name: app.name, app_id: app.id, user_id: app.user_id },
  });
}

const team = (slack: Slack): Reply => {
  const { team: own } = slack.store.state;
  return answer({
    team: { id: own.id, name: own.name, domain: own.domain, email_domain: 'lantern.example' },
  });
};

const test = (slack: Slack): Reply => {
  const { team: own, app, users } = slack.store.state;
  return answer({
    url: `https://${own.domain}.slack.com/`,
    team: own.name,
    user: users[app.user_id]?.name ?? '',
    team_id: own.id,
    user_id: app.user_id,
    bot_id: app.bot_id,
    is_enterprise_install: false,
  });
};

const read = { token: 'bot', scopes: ['users:read'] } as const;

export const peopleMethods: Readonly<Record<string, Method>> = {
  'auth.test': { token: 'any', scopes: [], required: [], run: test },
  'users.info': { ...read, required: ['user'], run: info },
  'users.list': { ...read, required: [], run: listed },
  'users.lookupByEmail': { token: 'bot', scopes: ['users:read.email'], required: ['email'], run: byEmail },
  'bots.info': { ...read, required: [], run: bot },
  'team.info': { token: 'bot', scopes: ['team:read'], required: [], run: team },
};
