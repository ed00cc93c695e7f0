/**
 * Lantern is the example company of the sandbox. It has five members, whom a user of the sandbox can act as,
 * and people whom Curfew must refuse. The ids have the format of Slack's ids.
 * `examples/quickstart/people.yaml` maps the same accounts to persons. The simulated Slack, GitHub, AWS
 * and OpenID provider are seeded from this file.
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
  /** The subject at the company's OpenID provider. People from outside the company have none. */
  oidc?: string;
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
    oidc: 'lantern|ana',
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
    oidc: 'lantern|bo',
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
    oidc: 'lantern|cy',
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
    oidc: 'lantern|sam',
  },
  {
    slackId: 'U0ADANOVA1',
    name: 'Ada Novák',
    title: 'Auditor',
    email: 'ada@lantern.example',
    tz: 'Europe/Prague',
    kind: 'member',
    oidc: 'lantern|ada',
  },
  {
    slackId: 'U0GILGUEST',
    name: 'Gil Moreau',
    title: 'Contractor',
    email: 'gil@studio-moreau.example',
    tz: 'Europe/Paris',
    kind: 'guest',
    oidc: 'lantern|gil',
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
    oidc: 'lantern|dan',
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
