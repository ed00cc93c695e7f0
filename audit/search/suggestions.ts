import { folded } from './names.ts';
import {
  FIXED_VALUES,
  KEYS,
  type KnownNames,
  type NamedThing,
  type NamedKey,
  TIME_KEYS,
  VALUE_KEYS,
  type ValueKey,
} from './search.ts';
import { quoted, wordsIn } from './words.ts';

/** What can stand at the caret: each replaces the text from `from` until `to`. */
export type Suggestions = Readonly<{
  from: number;
  to: number;
  options: readonly Readonly<{ text: string; means: string }>[];
}>;

const MOST = 10;
const LENGTHS = ['1h', '1d', '7d', '30d', '90d'];
const NAMED_KEYS: readonly NamedKey[] = ['person', 'entitlement', 'provider'];

/** The keys and values that begin as the word at the caret does, at most ten. */
export function suggestions(text: string, caret: number, known: KnownNames): Suggestions {
  const word = wordsIn(text).find(({ at, end }) => at <= caret && caret <= end);
  if (!word) return { from: caret, to: caret, options: keysLike('').slice(0, MOST) };
  const [typed] = wordsIn(text.slice(word.at, caret));
  const last = typed?.values.at(-1)?.text ?? '';
  const key = typed?.key;
  const options =
    key === undefined ? [...keysLike(last), ...wordsLike(last, known)] : valuesLike(key, last, known);
  const before = typed?.values.slice(0, -1).map((value) => `${quoted(value.text)},`) ?? [];
  return {
    ...{ from: word.at, to: word.end },
    options: options
      .slice(0, MOST)
      .map((option) =>
        key === undefined ? option : { ...option, text: `${key}:${before.join('')}${option.text}` },
      ),
  };
}

type Option = Suggestions['options'][number];

const keysLike = (typed: string): readonly Option[] =>
  Object.entries(KEYS)
    .filter(([key]) => key.startsWith(folded(typed)))
    .map(([key, means]) => ({ text: `${key}:`, means }));

const wordsLike = (typed: string, known: KnownNames): readonly Option[] =>
  typed === ''
    ? []
    : NAMED_KEYS.flatMap((key) =>
        namesLike(known[key], typed).map(({ text, means }) => ({ text: `${key}:${text}`, means })),
      );

function valuesLike(key: string, typed: string, known: KnownNames): readonly Option[] {
  if (Object.hasOwn(TIME_KEYS, key)) return bare(key === 'to' ? [] : LENGTHS, typed);
  if (!Object.hasOwn(VALUE_KEYS, key)) return [];
  const fixed = FIXED_VALUES[key as ValueKey];
  if (fixed) return bare(fixed, typed);
  const named = NAMED_KEYS.find((each) => each === (key === 'approver' ? 'person' : key));
  return named === undefined ? [] : namesLike(known[named], typed);
}

const bare = (values: readonly string[], typed: string): readonly Option[] =>
  values
    .filter((value) => value.toLowerCase().startsWith(folded(typed)))
    .map((value) => ({ text: value, means: '' }));

/** What has an id or a word of a name that begins so. */
function namesLike(named: readonly NamedThing[], typed: string): readonly Option[] {
  const beginning = folded(typed);
  return named
    .filter(
      ({ id, names }) =>
        id.startsWith(beginning) || names.some((name) => ` ${folded(name)}`.includes(` ${beginning}`)),
    )
    .map(({ id, names: [means = ''] }) => ({ text: quoted(id), means }));
}
