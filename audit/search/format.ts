import type { Instant } from '../../core/ids.ts';
import { isLength } from './moments.ts';
import { type Search, type SearchMoment, VALUE_KEYS, type ValueKey } from './search.ts';
import { quoted } from './words.ts';

/** The canonical text of a search. It is read as the same search, by whoever knows the same names. */
export const formatSearch = ({ is, from, to }: Search): string =>
  [
    ...Object.keys(VALUE_KEYS).flatMap((key) => {
      const values = is[key as ValueKey] ?? [];
      return values.length === 0 ? [] : [`${key}:${values.map(quoted).join(',')}`];
    }),
    ...(from === undefined ? [] : [`${isLength(from.text) ? 'since' : 'from'}:${quoted(from.text)}`]),
    ...(to === undefined ? [] : [`to:${quoted(to.text)}`]),
  ].join(' ');

/** The same search with each moment as RFC 3339 in UTC, so that it is the same for a reader in another zone and at another time. */
export const pinnedSearch = ({ is, from, to }: Search): Search => ({
  is,
  ...(from === undefined ? {} : { from: pinned(from.at) }),
  ...(to === undefined ? {} : { to: pinned(to.at) }),
});

const pinned = (at: Instant): SearchMoment => ({ text: new Date(at).toISOString(), at });
