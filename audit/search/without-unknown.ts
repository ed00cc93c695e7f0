import { isKnownId } from './names.ts';
import type { KnownNames, Search, ValueKey } from './search.ts';
import { NAMED } from './values.ts';

/**
 * The same search with the word `unknown` in the place of each value that nothing known has, and of each id. Such a value may be any word
 * that somebody typed. The search of something that the ledger has is never changed so.
 */
export const withoutUnknown = (search: Search, known: KnownNames): Search => ({
  ...search,
  is: Object.fromEntries(
    Object.entries(search.is).map(([key, values]) => {
      const of = NAMED[key as ValueKey];
      const isKept = (value: string) => (of === undefined ? key !== 'id' : isKnownId(known[of], value));
      return [key, [...new Set(values.map((value) => (isKept(value) ? value : 'unknown')))].sort()];
    }),
  ),
});
