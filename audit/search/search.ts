import type { Instant } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import type { RequestSearch, SearchedState } from '../../ledger/index.ts';
import { ENDINGS } from '../../core/request/endings.ts';
import { REQUEST_STATES } from '../../core/request/state.ts';

/** As many characters may a search have, so that its address is one that every browser and proxy takes. */
export const LONGEST_SEARCH = 500;

/** The keys with values, each with its meaning, in the order of the canonical text. */
export const VALUE_KEYS = {
  id: 'the id of a request, or its last letters',
  person: 'whose request it is',
  approver: 'who approved it, or its extension',
  entitlement: 'what was requested',
  provider: 'where it gives access',
  class: 'who enforces its end: A the provider, B the credential, C Curfew',
  state: 'the state that it has now',
  ending: 'how it ended, or why it ends',
  refused: 'whether an attempt about it was refused',
} as const satisfies Record<keyof RequestSearch['is'], string>;
export type ValueKey = keyof typeof VALUE_KEYS;

/** The keys with a moment. `since` is another word for `from`, which a length such as 7d reads better with. */
export const TIME_KEYS = {
  since: 'requested since then: 7d, or a moment',
  from: 'requested at this moment or later',
  to: 'requested at this moment or earlier',
} as const;
export type TimeKey = keyof typeof TIME_KEYS;

/** Every key, with its meaning. */
export const KEYS: Readonly<Record<string, string>> = { ...VALUE_KEYS, ...TIME_KEYS };

/** The states of a request, and `refused`: it was refused before it was opened. */
export const SEARCHED_STATES: readonly SearchedState[] = [...REQUEST_STATES, 'refused'];

/** The values of the keys that have no others. */
export const FIXED_VALUES: Readonly<Partial<Record<ValueKey, readonly string[]>>> = {
  class: ['A', 'B', 'C'],
  state: SEARCHED_STATES,
  ending: ENDINGS satisfies readonly Ending['kind'][],
  refused: ['yes', 'no'],
};

/** A moment as it was written, in its canonical form, and which one it was at the time of reading. */
export type SearchMoment = Readonly<{ text: string; at: Instant }>;

/**
 * What is searched. Every key must hold, and of a key with several values one of them. The values of a key are sorted, and none is there
 * twice, so that equal searches have one text.
 */
export type Search = Readonly<{
  is: Readonly<Partial<Record<ValueKey, readonly string[]>>>;
  from?: SearchMoment;
  to?: SearchMoment;
}>;

/** Something that a search can name by its id, or by one of its names. */
export type NamedThing = Readonly<{ id: string; names: readonly string[] }>;

/** What a search can name. A name that is not here can still be searched by its id, because people and entitlements leave the files. */
export type KnownNames = Readonly<Record<NamedKey, readonly NamedThing[]>>;
export type NamedKey = 'person' | 'entitlement' | 'provider';

/** The same search for the ledger. */
export const askedOf = ({ is, from, to }: Search): RequestSearch => ({
  is: is as RequestSearch['is'],
  ...(from === undefined ? {} : { from: from.at }),
  ...(to === undefined ? {} : { to: to.at }),
});
