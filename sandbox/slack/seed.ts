/** The initial workspace: the company's people, the channels and the app. */
import { CHANNELS, COLLEAGUES, COMPANY, TEAM_ID, type Colleague } from '../world/company.ts';
import type { Channel, Command, Kind, MessageShortcut, State, User } from './model.ts';

export type Person = Omit<Colleague, 'kind'> & Readonly<{ kind: Kind }>;

export const APP = { id: 'A0CURFEW01', name: 'Curfew', bot_id: 'B0CURFEW01', user_id: 'U0CURFEWBT' } as const;
/** The account with which Slack itself responds, for example to an unknown command. */
export const SLACKBOT = 'USLACKBOT';
/** The workspace of people from another company. */
const OTHER_TEAM = 'T0OTHERCO1';

const COMMANDS: readonly Command[] = [
  {
    command: '/access',
    description: 'Request temporary access',
    usage_hint: '[what] [how long] [why], or list, or help',
  },
];

/** The message shortcuts of the app, as in `features.shortcuts` of its manifest. */
export const SHORTCUTS: readonly MessageShortcut[] = [
  {
    callback_id: 'request-access-from-message',
    name: 'Request access',
    description: 'Request access for a limited time, with this message as its ticket',
  },
];

const bot = (id: string, name: string, real_name: string): User => ({
  id,
  name,
  real_name,
  title: '',
  email: '',
  tz: 'Etc/UTC',
  team_id: TEAM_ID,
  kind: 'bot',
});

const userOf = (person: Person): User => ({
  id: person.slackId,
  name: person.email.split('@')[0] ?? person.slackId,
  real_name: person.name,
  title: person.title,
  email: person.email,
  tz: person.tz,
  team_id: person.kind === 'outsider' ? OTHER_TEAM : TEAM_ID,
  kind: person.kind,
});

const byId = <T extends Readonly<{ id: string }>>(all: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(all.map((each) => [each.id, each]));

/**
 * Everybody except deactivated accounts is in both channels. The guest and the stranger (through Slack
 * Connect) are in them too, so that they see buttons. The app is in the first channel only.
 */
export function seed(
  people: readonly Person[] = COLLEAGUES,
  commands: readonly Command[] = COMMANDS,
  moreChannels: readonly Channel[] = [],
): State {
  const users = [
    ...people.map(userOf),
    bot(APP.user_id, 'curfew', APP.name),
    bot(SLACKBOT, 'slackbot', 'Slackbot'),
  ];
  const present = users
    .filter((user) => user.kind !== 'deactivated' && user.kind !== 'bot')
    .map((user) => user.id);
  const channels = CHANNELS.map(({ id, name, purpose }, index): Channel => ({
    id,
    name,
    purpose,
    kind: 'channel',
    members: index === 0 ? [...present, APP.user_id] : present,
  }));
  return {
    team: { id: TEAM_ID, name: COMPANY, domain: COMPANY.toLowerCase() },
    app: { ...APP, commands, shortcuts: SHORTCUTS },
    users: byId(users),
    channels: byId([...channels, ...moreChannels]),
    messages: {},
    modals: {},
    homes: {},
    lastTs: '0000000000.000000',
  };
}
