import { CreateGroupCommand } from '@aws-sdk/client-iam';
import type { GithubState } from '../../sandbox/github/state.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import type { Company, Name } from './company.fixture.ts';

const PEOPLE = ['ana', 'bo', 'cy'] as const satisfies readonly Name[];
const PER_REQUEST = 20; // an entitlement has no more targets
const TEAMS_PER_REQUEST = 10;
/** All inline policies of one user have 2,048 characters. */
const POLICIES_PER_PERSON = 5;
/** The group that the policies of docs/providers/aws-iam.md name. */
const GROUP = 'deployers';

const teamOf = (number: number): number => 5_200 + number;
const roleOf = (number: number): string => `only_reaper_${number}`;

/** One request of many targets, of one person. `reason` is how its cards are found. */
export type LargeRequest = Readonly<{
  person: Name;
  approver: Name;
  entitlement: string;
  reason: string;
  targets: readonly string[];
}>;

/**
 * Requests of 20 leases each: half of them at GitHub, whose limit of 900 points in a minute lets no more than 100 end in a minute. The
 * rest are IAM policies, IAM groups and logins of Postgres.
 */
export function largeRequests(leases: number, withAws: boolean): readonly LargeRequest[] {
  return Array.from({ length: leases / PER_REQUEST }, (_, index) => {
    const person = PEOPLE[index % PEOPLE.length] ?? 'ana';
    const numbers = Array.from({ length: PER_REQUEST }, (__, place) => index * PER_REQUEST + place);
    const teams = numbers
      .slice(0, TEAMS_PER_REQUEST)
      .map(
        (number) =>
          `{ provider: github, kind: team, org: lantern, team: many-${number}, id: ${teamOf(number)} }`,
      );
    const aws =
      withAws && index < PEOPLE.length
        ? [
            ...numbers.slice(0, POLICIES_PER_PERSON).map(policyOf),
            `{ provider: aws-iam, kind: group, group: ${GROUP} }`,
          ]
        : [];
    const logins = numbers
      .slice(teams.length + aws.length)
      .map((number) => `{ provider: postgres, database: orders, role: ${roleOf(number)} }`);
    return {
      person,
      approver: person === 'bo' ? 'cy' : 'bo',
      entitlement: `many-${index}`,
      reason: `only the reaper is left, part ${index}`,
      targets: [...teams, ...aws, ...logins],
    };
  });
}

/** What the policy of that number allows, for the call that proves it. */
export const resourceOf = (number: number): string => `arn:aws:logs:eu-central-1:1:log-group:/many/${number}`;
const policyOf = (number: number): string =>
  `{ provider: aws-iam, kind: policy, statements: [{ Effect: Allow, Action: ['logs:GetLogEvents'], Resource: '${resourceOf(number)}' }] }`;

export const addTeams =
  (leases: number) =>
  (state: GithubState): void => {
    for (let number = 0; number < leases; number += 1)
      state.teams.push({
        id: teamOf(number),
        slug: `many-${number}`,
        name: `Many ${number}`,
        synchronised: false,
        parent: null,
        members: {},
        repos: {},
      });
  };

/** Adds the entitlements, and what they name at Postgres and at AWS. The returned function drops the roles. */
export async function addTargets(
  company: Company,
  requests: readonly LargeRequest[],
): Promise<() => Promise<void>> {
  const entitlements = requests.map(
    ({ entitlement, targets }) => `
  - id: ${entitlement}
    title: Many targets, ${entitlement}
    about: Access to many targets, which the reaper ends.
    owner: person:cy
    usual: 1m
    longest: 1h
    requesters: [group:engineers]
    targets:
${targets.map((each) => `      - ${each}\n`).join('')}    route:
      approvers: [owner, manager]
`,
  );
  await company.edit('catalogue.yaml', 'entitlements:\n', `entitlements:\n${entitlements.join('')}`);
  await company.aws?.iam.send(new CreateGroupCommand({ GroupName: GROUP }));
  const roles = requests.flatMap(({ targets }) =>
    targets.flatMap((each) => /role: (only_reaper_\d+)/.exec(each)?.[1] ?? []),
  );
  const inEach = (statements: (role: string) => readonly string[]) =>
    asAdmin(async (admin) => {
      for (const statement of roles.flatMap(statements)) await admin.query(statement);
    });
  await inEach((role) => [
    `create role ${role} nologin`,
    `grant ${role} to curfew_granter with admin option`,
  ]);
  return () => inEach((role) => [`drop role ${role}`]);
}
