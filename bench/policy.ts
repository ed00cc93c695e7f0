import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const APPROVER = 'bo';
export const APPROVERS_SLACK = 'U0BENCHBO1';
export const TEAM = 'T0BENCH001';

/** A person has at most 25 open requests. */
const RESOURCES = 20;

/** Whose each lease is, by its number from 0, and what it gives. No two leases have both in common. */
export const personOf = (lease: number): string => `person-${Math.floor(lease / RESOURCES)}`;
export const resourceOf = (lease: number): string => `thing-${lease % RESOURCES}`;
/** A lease of another person for each number: the changes of one account wait for each other. */
export const firstLeaseOf = (person: number): number => person * RESOURCES;

export const peopleOf = (leases: number): readonly string[] =>
  Array.from({ length: Math.ceil(leases / RESOURCES) }, (_, person) => personOf(firstLeaseOf(person)));
export const resources: readonly string[] = Array.from({ length: RESOURCES }, (_, lease) =>
  resourceOf(lease),
);

/** Writes a policy for so many leases at the simulated vendor, with one approver, who is security as well. */
export function writePolicy(folder: string, leases: number): string {
  const person = (id: string) => `  - { id: ${id}, name: ${id}, accounts: { fake: ${id} } }\n`;
  const entitlement = (id: string) => `  - id: ${id}
    title: ${id}
    owner: person:${APPROVER}
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: ${id}, level: write }]
    route: { approvers: [owner] }
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'people.yaml'),
    `people:\n  - { id: ${APPROVER}, name: Bo, accounts: { slack: ${APPROVERS_SLACK}, fake: ${APPROVER} } }\n${peopleOf(leases).map(person).join('')}`,
  );
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `security: { people: [person:${APPROVER}], needs: 1 }\nentitlements:\n${resources.map(entitlement).join('')}`,
  );
  return folder;
}
