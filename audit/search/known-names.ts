import type { KnownNames } from './search.ts';

type People = Iterable<Readonly<{ id: string; name: string }>>;
type Entitlements = Iterable<
  Readonly<{
    id: string;
    title: string;
    synonyms: readonly string[];
    targets: readonly Readonly<{ provider: string }>[];
  }>
>;

/** What a search can name: the people of people.yaml, and the entitlements of the catalogue with the providers of their targets. */
export function knownNames(people: People, entitlements: Entitlements): KnownNames {
  const listed = [...entitlements];
  const providers = new Set(listed.flatMap(({ targets }) => targets.map(({ provider }) => provider)));
  return {
    person: [...people].map(({ id, name }) => ({ id, names: [name] })),
    entitlement: listed.map(({ id, title, synonyms }) => ({ id, names: [title, ...synonyms] })),
    provider: [...providers].sort().map((id) => ({ id, names: [] })),
  };
}
