import { nearest } from '../../core/nearest.ts';
import type { NamedThing } from './search.ts';

/** Upper and lower case, and how a letter with an accent is stored, make no difference. */
export const folded = (text: string): string =>
  text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();

type Index = Readonly<{ ids: ReadonlySet<string>; byName: ReadonlyMap<string, readonly string[]> }>;

/** One for each list of names, because a search has many words, and a company many people. */
const indexes = new WeakMap<readonly NamedThing[], Index>();

function indexOf(named: readonly NamedThing[]): Index {
  const known = indexes.get(named);
  if (known) return known;
  const byName = new Map<string, string[]>();
  for (const { id, names } of named)
    for (const name of new Set(names.map(folded))) byName.set(name, [...(byName.get(name) ?? []), id]);
  const index = { ids: new Set(named.map(({ id }) => id)), byName };
  indexes.set(named, index);
  return index;
}

/** True when something has this id. */
export const isKnownId = (named: readonly NamedThing[], id: string): boolean => indexOf(named).ids.has(id);

/** The ids of what is called so: one that has it as its id, or else all that have it as a name. */
export function idsOf(named: readonly NamedThing[], typed: string): readonly string[] {
  const name = folded(typed);
  return isKnownId(named, name) ? [name] : (indexOf(named).byName.get(name) ?? []);
}

/** The id whose id or name is most like what was typed. */
export function nearestId(named: readonly NamedThing[], typed: string): string | undefined {
  const byName = new Map(named.flatMap(({ id, names }) => [id, ...names].map((name) => [name, id] as const)));
  const name = nearest(typed, byName.keys());
  return name === undefined ? undefined : byName.get(name);
}
