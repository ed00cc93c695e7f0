export { formatSearch, pinnedSearch } from './format.ts';
export { knownNames } from './known-names.ts';
export { type Mistake, mistakeLine } from './mistakes.ts';
export { parseSearch, type SearchContext } from './parse.ts';
export {
  askedOf,
  KEYS,
  type KnownNames,
  LONGEST_SEARCH,
  type NamedThing,
  type Search,
  type SearchMoment,
  type ValueKey,
} from './search.ts';
export { type Suggestions, suggestions } from './suggestions.ts';
export { type UnknownValue, unknownValues } from './values.ts';
export { withoutUnknown } from './without-unknown.ts';
