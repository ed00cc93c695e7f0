import { nearest } from '../core/nearest.ts';
import type { Entitlement, Person } from '../policy/index.ts';

/** Where a person searches: what they may request, in the order of the catalogue, and what is known about them. */
export type SearchScope = Readonly<{
  requestable: readonly Entitlement[];
  /** The accounts of the person, by the name of the system. */
  accounts: Person['accounts'];
  /** The entitlements of the person's earlier requests, newest first. One is there once for each request. */
  history: readonly string[];
}>;

/** What was found, best first. `recent` is what the person requested last. It is empty when they typed something. */
export type FoundEntitlements = Readonly<{ recent: readonly Entitlement[]; others: readonly Entitlement[] }>;

/** How many different entitlements count as recent. */
const MOST_RECENT = 5;

/**
 * What to offer to a person who typed this text. For an empty text it is what they requested last, then what they request
 * most, then the others. For any other text it is what contains every word of it, in a name (id, title, synonym), in the
 * description, in a target (database, role, repository, organisation, team, group, action, provider) or in the person's
 * account there. A name comes before the rest, and a beginning before a part.
 */
export function findEntitlements(typed: string, searched: SearchScope): FoundEntitlements {
  const { requestable, accounts, history } = searched;
  const words = folded(typed).split(/\s/).filter(Boolean);
  const recent = [...new Set(history)]
    .flatMap((id) => requestable.find((each) => each.id === id) ?? [])
    .slice(0, MOST_RECENT);
  const byUse = sortedBy(
    requestable.filter((each) => !recent.includes(each)),
    ({ id }) => -history.filter((each) => each === id).length,
  );
  if (words.length === 0) return { recent, others: byUse };
  const ranked = [...recent, ...byUse].flatMap((entitlement) => {
    const rank = rankOf(words, entitlement, accounts);
    return rank === undefined ? [] : [{ entitlement, rank }];
  });
  return { recent: [], others: sortedBy(ranked, ({ rank }) => rank).map(({ entitlement }) => entitlement) };
}

/** Sorted by a number, lowest first. What has the same number keeps its order. */
const sortedBy = <T>(all: readonly T[], numberOf: (one: T) => number): readonly T[] =>
  all
    .map((one) => ({ one, number: numberOf(one) }))
    .sort((a, b) => a.number - b.number)
    .map(({ one }) => one);

/** How well the words fit, 0 for the best; undefined when one of them is nowhere. */
function rankOf(
  words: readonly string[],
  entitlement: Entitlement,
  accounts: SearchScope['accounts'],
): number | undefined {
  const typed = words.join(' ');
  const names = namesOf(entitlement).map(folded);
  const each = (fits: (text: string, word: string) => boolean, where: readonly string[]): boolean =>
    words.every((word) => where.some((text) => fits(text, word)));
  if (names.includes(typed)) return 0;
  if (names.some((name) => name.startsWith(typed))) return 1;
  if (each(beginsWord, names)) return 2;
  if (each(contains, names)) return 3;
  const texts = [...names, ...wordsOf(entitlement, accounts).map(folded)];
  if (!each(contains, texts)) return undefined;
  return each(beginsWord, texts) ? 4 : 5;
}

const contains = (text: string, word: string): boolean => text.includes(word);

/** True when a word of the text begins with this one: "db" in "orders-db", not in "orderdb". */
function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!/[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
  return false;
}

const namesOf = ({ id, title, synonyms }: Entitlement): readonly string[] => [id, title, ...synonyms];

/** What is known of an entitlement besides its names. */
const wordsOf = ({ about, targets }: Entitlement, accounts: SearchScope['accounts']): readonly string[] => [
  about ?? '',
  ...targets.flatMap(({ provider, spec, described }) => [
    provider,
    described.plain,
    ...described.permissions,
    ...textsIn(spec),
    ...(accounts[provider] ?? []),
  ]),
];

/** Every text and number in the spec of a target, however deep. */
function textsIn(spec: unknown): readonly string[] {
  if (typeof spec === 'string' || typeof spec === 'number') return [String(spec)];
  return typeof spec === 'object' ? Object.values(spec ?? {}).flatMap(textsIn) : [];
}

// Most texts have no accents. A search would need most of its time to look for them.
const ASCII = /^[ -~]*$/;

/** Equal for upper and lower case, and with or without accents. */
const folded = (text: string): string =>
  (ASCII.test(text) ? text : text.normalize('NFKD').replaceAll(/\p{M}/gu, '')).toLowerCase();

/**
 * The entitlement that a mistyped name most probably means: one with a similar name, or else the best that a search for the
 * text finds. Undefined when nothing is similar.
 */
export function nearestEntitlement(typed: string, searched: SearchScope): Entitlement | undefined {
  if (typed.trim() === '') return undefined;
  const { requestable } = searched;
  const names = requestable.flatMap(namesOf).filter((each) => each.length >= SHORTEST_GUESS);
  const name = nearest(typed, names);
  return name === undefined
    ? findEntitlements(typed, searched).others[0]
    : requestable.find((each) => namesOf(each).includes(name));
}

/** Two letters may differ from a mistyped name, so a shorter name would be similar to almost every text. */
const SHORTEST_GUESS = 4;
