/**
 * Lantern, a small company: the five people a newcomer can be in the sandbox, and those whom Curfew must
 * refuse. The ids are spelled as Slack spells its own. `examples/quickstart/people.yaml` binds the same
 * Slack ids to persons; the Slack, GitHub and AWS counterparts are all seeded from here.
 */
export type Colleague = Readonly<{
  slackId: string;
  name: string;
  title: string;
  email: string;
  /** IANA name, as Slack's `users.info` gives it. */
  tz: string;
  kind: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated';
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
    kind: 'stranger',
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

/** Where requests are shown to approvers, and a channel where people talk. */
export const CHANNELS = [
  { id: 'C0ACCESS01', name: 'access-requests', purpose: 'Who asks for what, and who said yes' },
  { id: 'C0GENERAL1', name: 'general', purpose: 'Everybody' },
] as const;
