import { nearest } from '../../core/nearest.ts';
import type { Named } from './search.ts';

/** Upper and lower case, and how a letter with an accent is stored, make no difference. */
export const folded = (text: string): string =>
  text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();

/** The ids of what is called so: one that has it as its id, or else all that have it as a name. */
export function idsOf(named: readonly Named[], typed: string): readonly string[] {
  const name = folded(typed);
  if (named.some(({ id }) => id === name)) return [name];
  return named.filter(({ names }) => names.some((each) => folded(each) === name)).map(({ id }) => id);
}

/** The id whose id or name is most like what was typed. */
export function nearestId(named: readonly Named[], typed: string): string | undefined {
  const byName = new Map(named.flatMap(({ id, names }) => [id, ...names].map((name) => [name, id] as const)));
  const name = nearest(typed, byName.keys());
  return name === undefined ? undefined : byName.get(name);
}
