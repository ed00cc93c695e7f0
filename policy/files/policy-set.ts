import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { no, ok, type Result } from '../../core/result.ts';
import { catalogueSchema, type Entitlement, readCatalogue, type ReadTarget } from './catalogue.ts';
import { checkPeople, type Directory, directoryOf, peopleSchema } from './people.ts';
import { type Problem, readYaml } from './yaml.ts';

/** All that is needed to judge, with the digest that every verdict names (I12). */
export type PolicySet = Readonly<{
  digest: string;
  directory: Directory;
  entitlements: ReadonlyMap<string, Entitlement>;
}>;

/** The files of a policy, as text. */
export type PolicyFiles = { 'catalogue.yaml': string; 'people.yaml': string };

/** Reads a policy whole, or says everything that is wrong with it. Half a policy is no policy. */
export function readPolicy(
  files: PolicyFiles,
  readTarget: ReadTarget,
): Result<PolicySet, readonly Problem[]> {
  const people = readYaml('people.yaml', files['people.yaml'], peopleSchema);
  const catalogue = readYaml('catalogue.yaml', files['catalogue.yaml'], catalogueSchema);
  if (!people.ok || !catalogue.ok)
    return no([...(people.ok ? [] : people.error), ...(catalogue.ok ? [] : catalogue.error)]);

  const directory = directoryOf(people.value.value);
  const { entitlements, problems } = readCatalogue(catalogue.value, directory, readTarget);
  const all = [...checkPeople(people.value), ...problems];
  if (all.length > 0) return no(all);
  return ok({
    digest: digestOf({ people: people.value.value, catalogue: catalogue.value.value }),
    directory,
    entitlements: new Map(entitlements.map((entitlement) => [entitlement.id, entitlement])),
  });
}

// Its types describe an ES module's default export; Node gives the CommonJS function itself.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** SHA-256, in hex, of a value's canonical JSON (RFC 8785): equal values have equal digests. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(canonical(value) ?? '')
    .digest('hex');
