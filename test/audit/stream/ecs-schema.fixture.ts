import { readFileSync } from 'node:fs';

type Field = Readonly<{
  type: string;
  array?: true;
  values?: string;
  ignoreAbove?: number;
  allowed?: readonly string[];
  types?: Readonly<Record<string, readonly string[] | undefined>>;
}>;

const { fields, version } = JSON.parse(
  readFileSync(new URL('./schema/ecs-9.4.0.json', import.meta.url), 'utf8'),
) as Readonly<{ version: string; fields: Readonly<Record<string, Field>> }>;

/** What the published schema of ECS does not allow in a record; nothing when it is valid. */
export function ecsProblems(record: unknown): readonly string[] {
  const flat = flatten(record, '');
  const given = new Map(flat);
  const categories = (given.get('event.category') ?? []) as readonly string[];
  const types = (given.get('event.type') ?? []) as readonly string[];
  const expected = categories.flatMap((each) => fields['event.category']?.types?.[each] ?? []);
  return [
    ...['@timestamp', 'ecs.version'].filter((name) => !given.has(name)).map((name) => `${name} is missing`),
    ...(given.get('ecs.version') === version ? [] : ['the version is another one']),
    ...types.filter((each) => !expected.includes(each)).map((each) => `event.type ${each} is not expected`),
    ...flat.flatMap(([name, value]) => fieldProblems(name, value)),
  ];
}

/** The fields with their full names. Labels are one field. */
function flatten(value: unknown, name: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || fields[name]?.values)
    return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, name === '' ? key : `${name}.${key}`),
  );
}

function fieldProblems(name: string, value: unknown): readonly string[] {
  const field = fields[name];
  if (!field) return [`${name} is not in the schema`];
  if ((field.array ?? false) !== Array.isArray(value)) return [`${name} is an array, or should be one`];
  const values =
    field.values === undefined ? [value].flat() : Object.values(value as Readonly<Record<string, unknown>>);
  return values.flatMap((each) => {
    if (!isOf(field.values ?? field.type, each)) return [`${name} is no ${field.type}`];
    if (field.allowed && !field.allowed.includes(String(each))) return [`${name} may not be ${String(each)}`];
    return String(each).length > (field.ignoreAbove ?? Infinity) ? [`${name} is too long`] : [];
  });
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'date')
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  return ['keyword', 'match_only_text', 'wildcard'].includes(type) && typeof value === 'string';
}
