import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lives that run at the same time are of different people: one account's changes wait for each other. */
export const PEOPLE = Array.from({ length: 16 }, (_, place) => `person-${place}`);
export const APPROVER = 'bo';
export const APPROVERS_SLACK = 'U0BENCHBO1';
export const TEAM = 'T0BENCH001';

/** Writes a small policy: one entitlement at the simulated vendor, and one approver. */
export function writePolicy(folder: string): string {
  const requesters = PEOPLE.map((id) => `  - { id: ${id}, name: ${id}, accounts: { fake: ${id} } }`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'people.yaml'),
    `people:\n  - { id: ${APPROVER}, name: Bo, accounts: { slack: ${APPROVERS_SLACK} } }\n${requesters.join('\n')}\n`,
  );
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `entitlements:
  - id: thing
    title: The thing
    owner: person:${APPROVER}
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: write }]
    route: { approvers: [owner] }
`,
  );
  return folder;
}
