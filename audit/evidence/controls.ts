import { EVIDENCE_NAMES, type EvidenceName } from './questions.ts';

export const FRAMEWORKS = {
  soc2: 'SOC 2, common criteria CC6',
  iso27001: 'ISO/IEC 27001:2022, annex A',
  'nist-800-53': 'NIST SP 800-53, revision 5',
} as const;

export type Framework = keyof typeof FRAMEWORKS;

/** A control of a framework in our own words, and what Curfew can show about it. An auditor decides whether that suffices. */
export type Control = Readonly<{
  id: string;
  framework: Framework;
  title: string;
  /** What must be so. */
  asks: string;
  /** The questions whose answers are evidence of it. */
  questions: readonly EvidenceName[];
  /** Whether the log itself, with its checkpoints, is evidence of it. */
  log?: true;
  /** What an auditor needs from elsewhere. */
  cannot: string;
}>;

const ONLY_CATALOGUE = 'Access that the catalogue does not have, and how people sign in there.';
const JOINERS = 'Who works here and when somebody joined or left. That is in the HR system.';

/** Every control that Curfew can say something about. */
export const CONTROLS: readonly Control[] = [
  {
    id: 'CC6.1',
    framework: 'soc2',
    title: 'Access to systems is limited',
    asks: 'Only people who are allowed to can reach protected systems and data.',
    questions: ['grants', 'refusals', 'overstays', 'drift', 'findings', 'decisions'],
    cannot: `Networks, encryption and keys. ${ONLY_CATALOGUE}`,
  },
  {
    id: 'CC6.2',
    framework: 'soc2',
    title: 'Access begins with an authorization and ends when it is not needed',
    asks: 'Somebody authorizes access before it is given, and it is removed when it is not authorized any more.',
    questions: ['grants', 'approvals', 'self-approvals', 'refusals', 'review-decisions', 'endings'],
    cannot: JOINERS,
  },
  {
    id: 'CC6.3',
    framework: 'soc2',
    title: 'Least access, and duties that are separated',
    asks: 'Access follows the role, gives no more than is needed, and nobody decides alone about their own.',
    questions: [
      'grants',
      'approvals',
      'self-approvals',
      'pairs',
      'overstays',
      'decisions',
      'review-decisions',
      'policies',
    ],
    cannot:
      'Whether a role should have the entitlement. The catalogue and its reviews in version control say that.',
  },
  {
    id: 'CC6.6',
    framework: 'soc2',
    title: 'Threats from outside are kept out',
    asks: 'Somebody from outside cannot get in, and what they try is seen.',
    questions: ['refusals', 'findings', 'decisions', 'endings'],
    cannot: 'Networks, firewalls and attempts that did not reach Curfew.',
  },
  {
    id: 'CC6.8',
    framework: 'soc2',
    title: 'Unauthorized changes are found',
    asks: 'A change that nobody authorized is prevented or found, and somebody acts on it.',
    questions: ['drift', 'findings', 'decisions', 'policies'],
    cannot: 'Software on computers. Curfew sees changes of access only.',
  },
  {
    id: 'A.5.15',
    framework: 'iso27001',
    title: 'Rules for access',
    asks: 'There are rules about who may have which access, and they are applied.',
    questions: ['policies', 'grants', 'refusals', 'self-approvals'],
    cannot: 'The text of the rules. The policy is in version control, and its digest is in the log.',
  },
  {
    id: 'A.5.16',
    framework: 'iso27001',
    title: 'Identities over their whole life',
    asks: 'Each identity is of one known person, from its beginning to its end.',
    questions: ['grants', 'findings', 'decisions', 'endings'],
    cannot: JOINERS,
  },
  {
    id: 'A.5.17',
    framework: 'iso27001',
    title: 'Secrets for signing in',
    asks: 'Passwords and other secrets are given out and kept safely.',
    questions: ['grants', 'overstays'],
    cannot:
      'Passwords of people, and several factors. Curfew shows only that the access, and with it a credential that it made, has ended.',
  },
  {
    id: 'A.5.18',
    framework: 'iso27001',
    title: 'Access rights are given, reviewed and removed',
    asks: 'Access is authorized, reviewed from time to time, and removed when it is not needed.',
    questions: ['grants', 'approvals', 'overstays', 'findings', 'decisions', 'review-decisions', 'endings'],
    cannot: JOINERS,
  },
  {
    id: 'A.8.2',
    framework: 'iso27001',
    title: 'Privileged access is limited',
    asks: 'Special rights are given to few people, for a reason, for a time, and are recorded.',
    questions: ['grants', 'approvals', 'self-approvals', 'pairs', 'overstays', 'drift', 'readings'],
    cannot: `Whether a right is a special one: the class of the entitlement in the catalogue says it. ${ONLY_CATALOGUE}`,
  },
  {
    id: 'AC-2',
    framework: 'nist-800-53',
    title: 'Accounts are managed',
    asks: 'Accounts and their rights are approved, watched, and disabled when they are not needed.',
    questions: [
      'grants',
      'approvals',
      'overstays',
      'drift',
      'findings',
      'decisions',
      'review-decisions',
      'endings',
    ],
    cannot: JOINERS,
  },
  {
    id: 'AC-5',
    framework: 'nist-800-53',
    title: 'Separation of duties',
    asks: 'Who requests does not approve, and duties that conflict are with different people.',
    questions: ['approvals', 'self-approvals', 'pairs', 'refusals'],
    cannot: 'Which duties conflict. The policy says who may approve what.',
  },
  {
    id: 'AC-6',
    framework: 'nist-800-53',
    title: 'Least privilege',
    asks: 'People have the access that their task needs, and not more or for longer.',
    questions: ['grants', 'overstays', 'drift', 'findings', 'decisions', 'review-decisions', 'policies'],
    cannot: 'What a task needs. "curfew audit use" shows what was used, where the vendor can tell.',
  },
  {
    id: 'AU-2',
    framework: 'nist-800-53',
    title: 'Events are recorded',
    asks: 'It is decided which events are recorded, and they are.',
    questions: ['grants', 'approvals', 'refusals', 'decisions', 'endings', 'policies', 'readings'],
    log: true,
    cannot: 'What people did with their access. The logs of the vendors say that.',
  },
  {
    id: 'AU-9',
    framework: 'nist-800-53',
    title: 'Records are protected',
    asks: 'Nobody can change or remove records without being noticed.',
    questions: ['purges', 'readings'],
    log: true,
    cannot: 'Who can read the database and its copies. That is the configuration of Postgres.',
  },
  {
    id: 'AU-10',
    framework: 'nist-800-53',
    title: 'Nobody can deny what they did',
    asks: 'It can be proven who did something.',
    questions: ['approvals', 'decisions', 'readings'],
    log: true,
    cannot:
      'That the person was at the keyboard. Curfew records the account, and that the identity provider or Slack knew it.',
  },
];

/** The control with this id of a framework. */
export const controlOf = (named: Readonly<{ framework: string; control: string }>): Control | undefined =>
  CONTROLS.find(({ framework, id }) => framework === named.framework && id === named.control);

/**
 * The controls that somebody named: by their ids, or all of a framework. Upper and lower case are alike. `unknown` has the
 * names that no control has.
 */
export function controlsNamed(
  names: readonly string[],
): Readonly<{ controls: readonly Control[]; unknown: readonly string[] }> {
  const isNamed = ({ id, framework }: Control, name: string): boolean =>
    [id, framework].some((each) => each.toLowerCase() === name.toLowerCase());
  return {
    controls: CONTROLS.filter((control) => names.some((name) => isNamed(control, name))),
    unknown: names.filter((name) => !CONTROLS.some((control) => isNamed(control, name))),
  };
}

/** The questions of some controls, each once, in the order in which people read them. */
export const questionsOf = (controls: readonly Pick<Control, 'questions'>[]): readonly EvidenceName[] =>
  EVIDENCE_NAMES.filter((name) => controls.some(({ questions }) => questions.includes(name)));
