import type { Random } from '../verify/rows.fixture.ts';
import { type Files, linesOf, withLines, withText } from './files.ts';

type Json = unknown;
type Place = Readonly<{ value: Json; path: readonly (string | number)[] }>;

/** Every value within a value of JSON, with the way to it. */
function placesOf(value: Json, path: readonly (string | number)[] = []): readonly Place[] {
  const here: Place = { value, path };
  if (Array.isArray(value))
    return [here, ...value.flatMap((each, at) => placesOf(each as Json, [...path, at]))];
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([name, each]) => placesOf(each as Json, [...path, name]))];
}

/** A copy of a value with another value at one place. Undefined removes the place. */
function replacedAt(value: Json, path: readonly (string | number)[], by: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  const isGone = rest.length === 0 && by === undefined;
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.flatMap((each, at) => {
      if (at !== name) return [each];
      return isGone ? [] : [replacedAt(each, rest, by)];
    });
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([each, inner]) => {
      if (each !== name) return [[each, inner as Json]];
      return isGone ? [] : [[each, replacedAt(inner as Json, rest, by)]];
    }),
  );
}

const OTHERS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1e15,
  '',
  'bo',
  'ana',
  [],
  {},
  ['x'],
  { kind: 'x' },
];

/** Another value of the same type, or of another one. */
function otherValue(value: Json, random: Random): Json {
  if (random(3) === 0) return OTHERS[random(OTHERS.length)];
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return otherText(value, random);
  if (Array.isArray(value)) return random(2) === 0 ? value.slice(1) : [...(value as Json[]), value[0] ?? 'x'];
  if (typeof value === 'object' && value !== null) return { ...value, [`more${random(9)}`]: 1 };
  return 'x';
}

function otherText(text: string, random: Random): string {
  const at = random(text.length + 1);
  const changes = [
    `${text.slice(0, at)}x${text.slice(at)}`,
    text.slice(0, at) + text.slice(at + 1),
    text.toUpperCase(),
    `${text} `,
    text.replace(/[0-9]/, (digit) => String((Number(digit) + 1) % 10)),
  ];
  return changes[random(changes.length)] ?? '';
}

type LineChange = Readonly<{ lines: readonly string[]; what: string }>;

const parsed = (line: string | undefined): Json => {
  try {
    return JSON.parse(line ?? '') as Json;
  } catch {
    return undefined;
  }
};

/** A change of one value in one line. */
function changedValue(lines: readonly string[], at: number, random: Random): LineChange | undefined {
  const value = parsed(lines[at]);
  const place = placesOf(value)[random(Math.max(1, placesOf(value).length))];
  if (value === undefined || !place) return undefined;
  const by = random(4) === 0 ? undefined : otherValue(place.value, random);
  const line =
    place.path.length === 0 && by === undefined ? '' : JSON.stringify(replacedAt(value, place.path, by));
  const shown = JSON.stringify(place.value) ?? '';
  return {
    lines: lines.with(at, line),
    what: `${place.path.join('.')}: ${shown.slice(0, 160)} becomes ${JSON.stringify(by)?.slice(0, 160) ?? 'nothing'}`,
  };
}

/** The values of one name in two lines are swapped. */
function swappedValues(lines: readonly string[], at: number, random: Random): LineChange | undefined {
  const to = random(lines.length);
  const [one, two] = [parsed(lines[at]), parsed(lines[to])];
  if (at === to || typeof one !== 'object' || typeof two !== 'object' || !one || !two) return undefined;
  const names = Object.keys(one).filter((name) => name in two);
  const name = names[random(Math.max(1, names.length))];
  if (name === undefined) return undefined;
  const [its, others] = [one, two].map((each) => (each as Readonly<Record<string, Json>>)[name]);
  return {
    lines: lines
      .with(at, JSON.stringify({ ...one, [name]: others }))
      .with(to, JSON.stringify({ ...two, [name]: its })),
    what: `${name} of the lines ${at} and ${to} are swapped`,
  };
}

/** A text of a line that holds JSON or a note is written in another way, with the same or another meaning. */
function rewritten(lines: readonly string[], at: number, random: Random): LineChange | undefined {
  const value = parsed(lines[at]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const line = lines[at] ?? '';
  const name = Object.keys(value)[random(Math.max(1, Object.keys(value).length))] ?? 'x';
  const changes: readonly (readonly [what: string, line: string])[] = [
    [
      'the names are in another order',
      JSON.stringify(Object.fromEntries(Object.entries(value).toReversed())),
    ],
    ['there is more white space', JSON.stringify(value, null, 1).replaceAll('\n', '')],
    [`${name} is there twice`, `${line.slice(0, -1)},${JSON.stringify(name)}:null}`],
    ['a letter is escaped', line.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)],
  ];
  const [what, other] = changes[random(changes.length)] ?? ['', line];
  return { lines: lines.with(at, other), what };
}

const CHANGES = [changedValue, changedValue, changedValue, swappedValues, rewritten];

/** A random change of the JSON of a file. Undefined when the file has none. */
export function changedJson(
  files: Files,
  path: string,
  random: Random,
): Readonly<{ files: Files; what: string }> | undefined {
  const text = files.get(path)?.toString() ?? '';
  const whole = path.endsWith('.json') ? parsed(text) : undefined;
  const lines = whole === undefined ? linesOf(text) : [JSON.stringify(whole)];
  if (lines.length === 0 || (whole === undefined && !path.endsWith('.jsonl'))) return undefined;
  const at = random(lines.length);
  const done = CHANGES[random(CHANGES.length)]?.(lines, at, random);
  if (!done) return undefined;
  const changed =
    whole === undefined ? withLines(files, path, done.lines) : withText(files, path, `${done.lines[0]}\n`);
  return { files: changed, what: `${path}, line ${at}: ${done.what}` };
}
