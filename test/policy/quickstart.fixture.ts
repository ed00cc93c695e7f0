import { readFileSync } from 'node:fs';
import type { DescribedTarget } from '../../core/target.ts';
import type { ReadTarget } from '../../policy/files/catalogue.ts';
import { type PolicyFiles, type PolicySet, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';

const quickstart = (file: string): string =>
  readFileSync(new URL(`../../examples/quickstart/${file}`, import.meta.url), 'utf8');

export const QUICKSTART: PolicyFiles = {
  'catalogue.yaml': quickstart('catalogue.yaml'),
  'people.yaml': quickstart('people.yaml'),
};

/** Reads the target of any known provider, so that tests of the policy need no provider. */
export const anyTarget: ReadTarget = (provider, json) =>
  ['postgres', 'aws-iam', 'github', 'curfew'].includes(provider)
    ? {
        ok: true,
        value: {
          lockKey: JSON.stringify(json),
          level: 'present',
          ownObject: false,
          accountless: provider === 'postgres' || provider === 'curfew',
          described: describedBy(provider, json),
        },
      }
    : { ok: false, error: `there is no provider "${provider}"` };

const describedBy = (provider: string, json: unknown): DescribedTarget => ({
  plain: `the target ${JSON.stringify(json)} at ${provider}`,
  permissions: [`may use ${provider}`],
  cautions: [`may keep ${provider}`],
  atEnd: [`sessions of ${provider} are terminated`],
  widens: false,
  level: 'present',
  enforcement: 'B',
  residualMs: 0,
});

const policies = new WeakMap<PolicyFiles, PolicySet>();

/** The policy in these files. It throws when they have a mistake. The same files are read once. */
export function policyOf(files: PolicyFiles = QUICKSTART): PolicySet {
  const known = policies.get(files);
  if (known) return known;
  const read = readPolicy(files, anyTarget);
  if (!read.ok) throw new Error(read.error.map(formatProblem).join('\n'));
  policies.set(files, read.value);
  return read.value;
}

/** The quickstart with `from` replaced by `to`. It throws when the file does not contain `from`. */
export function edited(file: keyof PolicyFiles, from: string | RegExp, to: string): PolicyFiles {
  const text = QUICKSTART[file].replace(from, to);
  if (text === QUICKSTART[file]) throw new Error(`${file} has no ${from}`);
  return { ...QUICKSTART, [file]: text };
}
