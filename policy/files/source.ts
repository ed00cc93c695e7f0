import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../core/result.ts';
import type { ReadTarget } from './catalogue.ts';
import type { AccountRules } from './account-names.ts';
import { checkPeople, type Directory, directoryOf, peopleSchema } from './people.ts';
import { type PolicyFiles, type PolicySet, readPolicy } from './policy-set.ts';
import { type Problem, readYaml } from './yaml.ts';

const FILES = ['catalogue.yaml', 'people.yaml'] as const;

/** Reads the policy of this moment. While a file has a mistake, every new request is refused. */
export type PolicySource = () => Promise<Result<PolicySet, readonly Problem[]>>;

/** A policy in a folder. The files are read again whenever one of them changed, once for all who ask meanwhile. */
export function policyFolder(folder: string, readTarget: ReadTarget, rules: AccountRules): PolicySource {
  let known: { version: string; policy: Promise<Result<PolicySet, readonly Problem[]>> } | undefined;
  return async () => {
    const version = await versionOf(folder);
    if (known?.version !== version) known = { version, policy: readFolder(folder, readTarget, rules) };
    return known.policy;
  };
}

async function readFolder(
  folder: string,
  readTarget: ReadTarget,
  rules: AccountRules,
): Promise<Result<PolicySet, readonly Problem[]>> {
  const texts: Partial<Record<(typeof FILES)[number], string>> = {};
  const missing: Problem[] = [];
  for (const file of FILES)
    try {
      texts[file] = await readFile(join(folder, file), 'utf8');
    } catch (error) {
      missing.push({ file, line: 1, column: 1, message: `cannot be read: ${(error as Error).message}` });
    }
  return missing.length > 0
    ? { ok: false, error: missing }
    : readPolicy(texts as PolicyFiles, readTarget, rules);
}

/** The active people of people.yaml, also while the catalogue has a mistake. Undefined while people.yaml has one. */
export async function readActivePeople(folder: string, rules: AccountRules): Promise<Directory | undefined> {
  const text = await readFile(join(folder, 'people.yaml'), 'utf8').catch(() => '');
  const read = readYaml('people.yaml', text, peopleSchema);
  if (!read.ok || checkPeople(read.value, rules).length > 0) return undefined;
  const { people, groups } = read.value.value;
  return directoryOf({ people: people.filter(({ active }) => active), groups });
}

const versionOf = async (folder: string): Promise<string> =>
  (
    await Promise.all(
      FILES.map((file) =>
        stat(join(folder, file), { bigint: true }).then(
          ({ mtimeNs, size, ino }) => `${mtimeNs} ${size} ${ino}`,
          () => 'missing',
        ),
      ),
    )
  ).join(' | ');
