import { pass, type Rule } from './rule.ts';

/**
 * The policy can be read. Facts exist only for a policy that was read, so the rule passes here. `unreadableVerdict`
 * answers while the files cannot be read.
 */
export const policyFiles: Rule = {
  id: 'policy-files',
  wanted: 'The policy files can be read.',
  judge: ({ policy }) => pass(`The policy was read. Its digest is ${policy.digest}.`),
};
