/**
 * Lantern is the example company of the sandbox. It has five members, whom a user of the sandbox can act as,
 * and people whom Curfew must refuse. The ids have the format of Slack's ids.
 * `examples/quickstart/people.yaml` maps the same Slack ids to persons. The simulated Slack, GitHub and AWS
 * are seeded from this file.
 */
export type Colleague = Readonly<{
  slackId: string;
  name: string;
  title: string;
  email: string;
  /** IANA time zone, as in Slack's `users.info`. */
  tz: string;
  kind: 'member' | 'guest' | 'outsider' | 'bot' | 'deactivated';
  github?: string;
  iamUser?: string;
}>;

export const COMPANY = 'Lantern';
export const TEAM_ID = 'T0LANTERN1';

export const COLLEAGUES: readonly Colleague[] = [
  {
    slackId: 'U0ANAFERR1',
    name: 'Ana Ferreira',
    title: 'Backend engineer',
    email: 'ana@lantern.example',
    tz: 'Europe/Lisbon',
    kind: 'member',
    github: 'ana-ferreira',
    iamUser: 'ana',
  },
  {
    slackId: 'U0BOLIND01',
    name: 'Bo Lindqvist',
    title: 'Engineering manager',
    email: 'bo@lantern.example',
    tz: 'Europe/Stockholm',
    kind: 'member',
    github: 'bo-lindqvist',
    iamUser: 'bo',
  },
  {
    slackId: 'U0CYOKAFR1',
    name: 'Cy Okafor',
    title: 'Owner of the orders service',
    email: 'cy@lantern.example',
    tz: 'America/New_York',
    kind: 'member',
    github: 'cy-okafor',
    iamUser: 'cy',
  },
  {
    slackId: 'U0SAMRAO01',
    name: 'Sam Rao',
    title: 'Security',
    email: 'sam@lantern.example',
    tz: 'Asia/Kolkata',
    kind: 'member',
    github: 'sam-rao',
    iamUser: 'sam',
  },
  {
    slackId: 'U0ADANOVA1',
    name: 'Ada Novák',
    title: 'Auditor',
    email: 'ada@lantern.example',
    tz: 'Europe/Prague',
    kind: 'member',
  },
  {
    slackId: 'U0GILGUEST',
    name: 'Gil Moreau',
    title: 'Contractor',
    email: 'gil@studio-moreau.example',
    tz: 'Europe/Paris',
    kind: 'guest',
  },
  {
    slackId: 'U0ZOESTRNG',
    name: 'Zoe Park',
    title: 'From another company, through Slack Connect',
    email: 'zoe@otherco.example',
    tz: 'Asia/Seoul',
    kind: 'outsider',
  },
  {
    slackId: 'U0DANGONE1',
    name: 'Dan Petrov',
    title: 'Left in spring',
    email: 'dan@lantern.example',
    tz: 'Europe/Sofia',
    kind: 'deactivated',
  },
];

/** The channel where approvers see requests, and an ordinary channel. */
export const CHANNELS = [
  {
    id: 'C0ACCESS01',
    name: 'access-requests',
    purpose: 'Requests for access, and who approved or denied them',
  },
  { id: 'C0GENERAL1', name: 'general', purpose: 'Everybody' },
] as const;
