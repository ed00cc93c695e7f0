import { parseRequestId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Mistake, shown } from './mistakes.ts';
import { folded, idsOf, isKnownId, nearestId } from './names.ts';
import { FIXED_VALUES, KEYS, type KnownNames, type NamedKey, type ValueKey } from './search.ts';
import { quoted } from './words.ts';

type Wrong = Pick<Mistake, 'says' | 'instead'>;
type Read = Result<readonly [key: ValueKey, value: string], Wrong>;

/** The keys whose values have names, and where the names are. */
export const NAMED: Readonly<Partial<Record<ValueKey, NamedKey>>> = {
  person: 'person',
  approver: 'person',
  entitlement: 'entitlement',
  provider: 'provider',
};
/** What an id can be, also of somebody or something that left the policy files. */
const ID = /^[a-z][a-z0-9_-]{0,62}$/;
const TAIL = /^[0-9a-hjkmnp-tv-z]{4,26}$/;
/** A word without a key is the end of an id when it has as many letters as Curfew shows of one, or when it has a digit. */
const SHOWN_LETTERS = 8;

/** Reads one value of a key. */
export function readValue(key: ValueKey, typed: string, known: KnownNames): Read {
  const named = NAMED[key];
  if (named !== undefined) return readNamed(key, typed, { of: named, known });
  const value = folded(typed);
  if (key === 'id')
    return isIdOrEnd(value)
      ? ok([key, value])
      : no({
          says: `${shown(typed)} is no id of a request, and not its last letters, of which there are 4 or more.`,
        });
  const fixed = FIXED_VALUES[key] ?? [];
  const found = fixed.find((each) => each.toLowerCase() === value);
  if (found !== undefined) return ok([key, found]);
  const guess = nearest(value, fixed);
  return no({
    says: `"${key}:" cannot have the value ${shown(typed)}. It can have ${listed(fixed)}.`,
    ...insteadOf(key, guess),
  });
}

function readNamed(
  key: ValueKey,
  typed: string,
  { of, known }: Readonly<{ of: NamedKey; known: KnownNames }>,
): Read {
  const ids = idsOf(known[of], typed);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return ok([key, only]);
  if (only !== undefined)
    return no({
      says: `${shown(typed)} is the name of several: ${ids.join(', ')}.`,
      ...insteadOf(key, only),
    });
  const id = folded(typed);
  if (ID.test(id)) return ok([key, id]);
  return no({
    says: `${shown(typed)} is no name that Curfew knows, and no id.`,
    ...insteadOf(key, nearestId(known[of], typed)),
  });
}

/** Reads a word without a key: what is called so, or a request. */
export function readBareWord(typed: string, known: KnownNames): Read {
  const meanings = (['person', 'entitlement', 'provider'] as const).flatMap((key) =>
    idsOf(known[key], typed).map((id) => [key, id] as const),
  );
  const [only] = meanings;
  if (only && meanings.length === 1) return ok(only);
  if (only)
    return no({
      says: `${shown(typed)} can mean ${meanings.map((each) => wordOf(...each)).join(' or ')}. Write one of them.`,
    });
  const value = folded(typed);
  if (isIdOrEnd(value) && (value.length >= SHOWN_LETTERS || /\d/.test(value))) return ok(['id', value]);
  return no(unknownWord(typed, known));
}

function unknownWord(typed: string, known: KnownNames): Wrong {
  const says = `no person, entitlement or provider is called ${shown(typed)}, and it does not look like the id of a request. A key of the search ends with a colon.`;
  if (Object.hasOwn(KEYS, folded(typed))) return { says, instead: `${folded(typed)}:…` };
  for (const key of ['person', 'entitlement', 'provider'] as const) {
    const id = nearestId(known[key], typed);
    if (id !== undefined) return { says, instead: wordOf(key, id) };
  }
  const key = nearest(typed, Object.keys(KEYS));
  return { says, ...(key === undefined ? {} : { instead: `${key}:…` }) };
}

const listed = (values: readonly string[]): string =>
  `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;

const isIdOrEnd = (value: string): boolean => TAIL.test(value) || parseRequestId(value).ok;

const wordOf = (key: ValueKey, value: string): string => `${key}:${quoted(value)}`;

const insteadOf = (key: ValueKey, value: string | undefined): Pick<Mistake, 'instead'> =>
  value === undefined ? {} : { instead: wordOf(key, value) };

/** A value that nothing known has, and the nearest one. A search for it is right, because what has left the files may still have requests. */
export type UnknownValue = Readonly<{ key: ValueKey; value: string; instead?: string }>;

/** At most so many are shown, because each is compared with the name of everybody. */
const MOST_UNKNOWN = 5;

/** The first values of a search that nothing known has. They are shown when the search finds nothing. */
export const unknownValues = (
  is: Readonly<Partial<Record<ValueKey, readonly string[]>>>,
  known: KnownNames,
): readonly UnknownValue[] =>
  Object.entries(NAMED)
    .flatMap(([key, of]) =>
      (is[key as ValueKey] ?? [])
        .filter((value) => !isKnownId(known[of], value))
        .map((value) => ({ key: key as ValueKey, value, of })),
    )
    .slice(0, MOST_UNKNOWN)
    .map(({ key, value, of }) => ({ key, value, ...insteadOf(key, nearestId(known[of], value)) }));
