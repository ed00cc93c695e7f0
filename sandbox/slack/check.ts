/**
 * Functions that check JSON and report problems in Slack's format: `[ERROR] must be less than 76 characters
 * [json-pointer:/blocks/0/elements/0/text/text]`.
 */
export type Problem = Readonly<{ pointer: string; message: string }>;
export type Check = (value: unknown, at: string) => readonly Problem[];
export type Json = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, Readonly<{ needed: boolean; check: Check }>>>;

export const problem = (pointer: string, message: string): readonly Problem[] => [{ pointer, message }];
export const formatProblem = (found: Problem): string =>
  `[ERROR] ${found.message} [json-pointer:${found.pointer}]`;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The length as Slack counts it, in code points: an emoji counts as one. */
export const lengthOf = (text: string): number => Array.from(text).length;

export const needed = (check: Check) => ({ needed: true, check }) as const;
export const maybe = (check: Check) => ({ needed: false, check }) as const;

export const anything: Check = () => [];
export const flag: Check = (value, at) =>
  typeof value === 'boolean' ? [] : problem(at, 'must provide a boolean');

/** A string of `min` to `max` code points. */
export const string =
  (max: number, min = 0): Check =>
  (value, at) => {
    if (typeof value !== 'string') return problem(at, 'must provide a string');
    const length = lengthOf(value);
    if (length < min) return problem(at, `must be more than ${min - 1} characters`);
    return length > max ? problem(at, `must be less than ${max + 1} characters`) : [];
  };

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at) =>
    typeof value === 'string' && allowed.includes(value)
      ? []
      : problem(at, `must be a valid enum value: ${allowed.join(', ')}`);

export const pattern =
  (shape: RegExp, example: string): Check =>
  (value, at) =>
    typeof value === 'string' && shape.test(value) ? [] : problem(at, `must be in the format ${example}`);

export const integer =
  (min: number, max: number): Check =>
  (value, at) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? []
      : problem(at, `must be an integer between ${min} and ${max}`);

export const list =
  (item: Check, max: number, min = 0): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return problem(at, 'must provide an array');
    if (value.length > max) return problem(at, `no more than ${max} items allowed`);
    if (value.length < min) return problem(at, `no fewer than ${min} items allowed`);
    return value.flatMap((each: unknown, index) => item(each, `${at}/${index}`));
  };

/** The problems of an object's fields. A field that is not in `fields` is a problem too, unless `open`. */
export const fieldsOf = (value: Json, fields: Fields, at: string, open = false): readonly Problem[] => [
  ...Object.entries(fields).flatMap(([name, field]) => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || (given === null && !field.needed))
      return field.needed ? problem(at, `missing required field: ${name}`) : [];
    return field.check(given, `${at}/${name}`);
  }),
  ...(open
    ? []
    : Object.keys(value)
        .filter((name) => !Object.hasOwn(fields, name))
        .flatMap((name) => problem(at, `invalid additional property: ${name}`))),
];

export const object =
  (fields: Fields, open = false): Check =>
  (value, at) =>
    isObject(value) ? fieldsOf(value, fields, at, open) : problem(at, 'must provide an object');

export const both =
  (...checks: readonly Check[]): Check =>
  (value, at) =>
    checks.flatMap((check) => check(value, at));

/** Chooses the check by the object's `type`. */
export const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value)) return problem(at, 'must provide an object');
    if (typeof value['type'] !== 'string') return problem(at, 'missing required field: type');
    const check = Object.hasOwn(kinds, value['type']) ? kinds[value['type']] : undefined;
    return check === undefined
      ? problem(`${at}/type`, `unsupported type: ${value['type']}`)
      : check(value, at);
  };
