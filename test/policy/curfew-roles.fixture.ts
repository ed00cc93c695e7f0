import { type PolicyFiles, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { module } from '../../providers/curfew/index.ts';
import { targetReader } from '../../providers/target-reader.ts';

/** An entitlement that gives a role of Curfew. */
export type RoleEntitlement = Readonly<{
  id: string;
  role?: string;
  owner?: string;
  requesters: readonly string[];
  approvers: readonly string[];
  needs?: number;
}>;

export type RolePolicy = Readonly<{
  people: readonly Readonly<{ id: string; manager?: string; active?: boolean }>[];
  groups?: Readonly<Record<string, readonly string[]>>;
  security?: readonly string[];
  auditors?: readonly string[];
  entitlements: readonly RoleEntitlement[];
}>;

const READ_TARGET = targetReader(new Map([['curfew', module.create({})]]));

/** The policy files, one entitlement and one key on a line each. JSON is YAML too. */
export function filesOf({ people, groups = {}, security, auditors, entitlements }: RolePolicy): PolicyFiles {
  const named = people.map((each) => JSON.stringify({ ...each, name: each.id }));
  return {
    'people.yaml': `people:\n${named.map((each) => `  - ${each}\n`).join('')}groups: ${JSON.stringify(groups)}\n`,
    'catalogue.yaml': [
      ...(security ? [`security: ${JSON.stringify({ people: security })}`] : []),
      ...(auditors ? [`auditors: ${JSON.stringify(auditors)}`] : []),
      'entitlements:',
      ...entitlements.map(
        ({ id, role = 'auditor', owner = `person:${people[0]?.id}`, requesters, approvers, needs = 1 }) =>
          `  - { id: ${id}, title: ${id}, owner: ${owner}, usual: 1h, longest: 8h,
      requesters: ${JSON.stringify(requesters)},
      targets: [{ provider: curfew, role: ${role} }],
      route: { approvers: ${JSON.stringify(approvers)}, needs: ${needs} } }`,
      ),
    ].join('\n'),
  };
}

export const readRolePolicy = (policy: RolePolicy) => readPolicy(filesOf(policy), READ_TARGET);

/** What is wrong with the policy, as `curfew doctor` prints it. */
export function mistakesOf(policy: RolePolicy): readonly string[] {
  const read = readRolePolicy(policy);
  return read.ok ? [] : read.error.map(formatProblem);
}
