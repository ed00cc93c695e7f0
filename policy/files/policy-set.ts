import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { no, ok, type Result } from '../../core/result.ts';
import {
  catalogueSchema,
  type Entitlement,
  readCatalogue,
  type ReadTarget,
  type Security,
} from './catalogue.ts';
import type { AccountRules } from './account-names.ts';
import { checkPeople, type Directory, directoryOf, peopleSchema } from './people.ts';
import type { PeopleSelector } from './selector.ts';
import { selfGrants } from '../judge/self-grant.ts';
import { type Problem, readYaml } from './yaml.ts';

/** Everything that a judgement needs, with the digest that every verdict names (I12). */
export type PolicySet = Readonly<{
  digest: string;
  directory: Directory;
  /** Who may see every request. */
  auditors: readonly PeopleSelector[];
  /** Left out when the catalogue names nobody: then nobody can end everything of somebody else, or is told of findings as security. */
  security?: Security;
  entitlements: ReadonlyMap<string, Entitlement>;
}>;

/** The text of each file of a policy. */
export type PolicyFiles = { 'catalogue.yaml': string; 'people.yaml': string };

/**
 * Reads a whole policy, or reports every mistake in it. A policy with a mistake is not used in part. `rules` say which accounts are a
 * mistake.
 */
export function readPolicy(
  files: PolicyFiles,
  readTarget: ReadTarget,
  rules: AccountRules = {},
): Result<PolicySet, readonly Problem[]> {
  const people = readYaml('people.yaml', files['people.yaml'], peopleSchema);
  const catalogue = readYaml('catalogue.yaml', files['catalogue.yaml'], catalogueSchema);
  if (!people.ok || !catalogue.ok)
    return no([...(people.ok ? [] : people.error), ...(catalogue.ok ? [] : catalogue.error)]);

  const directory = directoryOf(people.value.value);
  const { auditors, security, entitlements, problems } = readCatalogue(
    catalogue.value,
    directory,
    readTarget,
  );
  const all = [...checkPeople(people.value, rules), ...problems];
  if (all.length > 0) return no(all);
  const policy = {
    digest: digestOf({ people: people.value.value, catalogue: catalogue.value.value }),
    directory,
    auditors,
    ...(security && { security }),
    entitlements: new Map(entitlements.map((entitlement) => [entitlement.id, entitlement])),
  };
  const own = selfGrants(policy).map(({ entitlement, path, message }) => {
    const index = entitlements.findIndex(({ id }) => id === entitlement);
    return catalogue.value.at(['entitlements', index, ...path], message);
  });
  return own.length > 0 ? no(own) : ok(policy);
}

// The package's types describe the default export of an ES module. Node gives the CommonJS function itself.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** SHA-256, in hex, of a value's canonical JSON (RFC 8785): equal values have equal digests. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(canonical(value) ?? '')
    .digest('hex');
