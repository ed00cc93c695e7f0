import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an entitlement of the simulated company gives: the level at each resource, and how many people must approve it. */
export type SimulatedEntitlement = Readonly<{ targets: Readonly<Record<string, string>>; approvals: number }>;

export const ENTITLEMENTS: Readonly<Record<string, SimulatedEntitlement>> = {
  thing: { targets: { thing: 'write' }, approvals: 1 },
  look: { targets: { thing: 'read' }, approvals: 1 },
  top: { targets: { thing: 'admin' }, approvals: 1 },
  other: { targets: { other: 'write' }, approvals: 1 },
  pair: { targets: { thing: 'read', other: 'admin' }, approvals: 2 },
};
export const REQUESTERS = ['ana', 'dee'] as const;
export const APPROVERS = ['bo', 'cy', 'fay'] as const;
/** An approver who may request too: she can try to approve her own request. */
export const STRANGER = 'eli';

/** An approver whose account in Slack is that of a guest, so what he clicks does not count. */
export const GUEST = 'gus';
/** The approver who leaves. */
export const LEAVER = 'bo';
/** Who ends a quarantine at the command line. */
export const OPERATOR = 'sam';
/** The entitlements that give access to the same resource. */
export const OF_ONE_ACCESS = ['thing', 'look', 'top'] as const;

const PEOPLE = `
people:
  - { id: ana, name: Ana, accounts: { slack: U0ANA, fake: ana } }
  - { id: dee, name: Dee, accounts: { slack: U0DEE, fake: dee } }
  - { id: bo, name: Bo, accounts: { slack: U0BO } }
  - { id: cy, name: Cy, accounts: { slack: U0CY } }
  - { id: fay, name: Fay, accounts: { slack: U0FAY } }
  - { id: eli, name: Eli, accounts: { slack: U0ELI } }
  - { id: gus, name: Gus, accounts: { slack: U0GUS } }
  - { id: sam, name: Sam, accounts: { unix: sam } }
groups: { owners: [bo, cy, fay, ana, gus] }
`;

/** The longest access, with its extensions, and after the policy was narrowed. */
export const LONGEST_MINUTES = 4;
export const NARROWED_MINUTES = 1;
/** Somebody requests this at times, and is refused. */
export const TOO_LONG_MINUTES = 6;
const LONGEST = `${LONGEST_MINUTES}m`;
const catalogue = (): string =>
  [
    `security: { people: [person:${OPERATOR}] }`,
    'entitlements:',
    ...Object.entries(ENTITLEMENTS).map(
      ([id, { targets, approvals }]) => `  - id: ${id}
    title: The entitlement ${id}
    class: internal
    owner: person:cy
    usual: 1m
    longest: ${LONGEST}
    requesters: [everyone]
    targets: [${Object.entries(targets)
      .map(([resource, level]) => `{ provider: fake, resource: ${resource}, level: ${level} }`)
      .join(', ')}]
    route: { approvers: [group:owners], needs: ${approvals}, waits: 2m }`,
    ),
  ].join('\n');

/** Writes the policy of the simulated company into a folder, as it is at the beginning of a seed. */
export function writePolicy(folder: string): void {
  writeFileSync(join(folder, 'people.yaml'), PEOPLE);
  writeFileSync(join(folder, 'catalogue.yaml'), `${catalogue()}\n`);
}

/** Takes somebody out of the group that approves. */
export const removeApprover = (folder: string, person: string): void =>
  edit(folder, 'people.yaml', new RegExp(`(owners: \\[.*?)\\b${person}(, )?`), '$1');

/** Marks somebody as no longer active. */
export const deactivate = (folder: string, person: string): void =>
  edit(folder, 'people.yaml', `{ id: ${person},`, `{ id: ${person}, active: false,`);

/** Gives somebody the new name of their account at the vendor. */
export const renameAccount = (folder: string, account: string): void =>
  edit(folder, 'people.yaml', `fake: ${account} `, `fake: ${account}-renamed `);

/** Shortens the longest access, so that what was approved for longer may not be granted any more. */
export const narrowPolicy = (folder: string): void =>
  edit(folder, 'catalogue.yaml', new RegExp(`longest: ${LONGEST}`, 'g'), `longest: ${NARROWED_MINUTES}m`);

function edit(folder: string, file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

export const slackAccountOf = (person: string): string => `U0${person.toUpperCase()}`;
