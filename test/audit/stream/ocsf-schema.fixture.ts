import { readFileSync } from 'node:fs';

type Attribute = Readonly<{
  type: string;
  requirement: string;
  object?: string;
  array?: true;
  enum?: Readonly<Record<string, string>>;
  sibling?: string;
  deprecated?: true;
}>;
type Shape = Readonly<{
  attributes: Readonly<Record<string, Attribute>>;
  constraints: Readonly<{ at_least_one?: readonly string[]; just_one?: readonly string[] }>;
}>;
type Schema = Readonly<{
  version: string;
  types: Readonly<Record<string, Readonly<{ type?: string; regex?: string; max_len?: number }>>>;
  classes: Readonly<Record<string, Shape>>;
  objects: Readonly<Record<string, Shape>>;
}>;

const SCHEMA = JSON.parse(
  readFileSync(new URL('./schema/ocsf-1.8.0.json', import.meta.url), 'utf8'),
) as Schema;
type Fields = Readonly<Record<string, unknown>>;

/** What the published schema of OCSF does not allow in a record; nothing when it is valid. A deprecated attribute is a problem too. */
export function ocsfProblems(record: unknown): readonly string[] {
  const fields = record as Fields;
  const shape = SCHEMA.classes[String(fields['class_uid'])];
  if (!shape) return [`there is no class ${String(fields['class_uid'])}`];
  const { version } = fields['metadata'] as Fields;
  return [
    ...(version === SCHEMA.version ? [] : [`the version is ${String(version)}`]),
    ...(Number(fields['type_uid']) === Number(fields['class_uid']) * 100 + Number(fields['activity_id'])
      ? []
      : ['type_uid does not fit']),
    ...problemsIn(fields, shape, 'record'),
  ];
}

function problemsIn(fields: Fields, { attributes, constraints }: Shape, where: string): readonly string[] {
  const missing = Object.entries(attributes)
    .filter(([name, { requirement }]) => requirement === 'required' && fields[name] === undefined)
    .map(([name]) => `${where} has no ${name}`);
  const { at_least_one: some = [], just_one: one = [] } = constraints;
  const has = (names: readonly string[]): number => names.filter((name) => fields[name] !== undefined).length;
  return [
    ...missing,
    ...(some.length > 0 && has(some) === 0 ? [`${where} has none of ${some.join(', ')}`] : []),
    ...(one.length > 0 && has(one) !== 1 ? [`${where} does not have one of ${one.join(', ')}`] : []),
    ...Object.entries(fields).flatMap(([name, value]) =>
      attributeProblems(value, attributes[name], { where: `${where}.${name}`, fields }),
    ),
  ];
}

function attributeProblems(
  value: unknown,
  attribute: Attribute | undefined,
  { where, fields }: Readonly<{ where: string; fields: Fields }>,
): readonly string[] {
  if (!attribute) return [`${where} is not in the schema`];
  if (attribute.deprecated) return [`${where} is deprecated`];
  if (attribute.array !== Array.isArray(value) && (attribute.array ?? false) !== Array.isArray(value))
    return [`${where} is an array, or should be one`];
  const values = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return [
    ...values.flatMap((each) => valueProblems(each, attribute, where)),
    ...siblingProblems(value, attribute, { where, fields }),
  ];
}

/** A number of an enumeration has its caption beside it. For "Other" the caption is what the source says. */
function siblingProblems(
  value: unknown,
  { enum: allowed, sibling }: Attribute,
  { where, fields }: Readonly<{ where: string; fields: Fields }>,
): readonly string[] {
  const said = sibling === undefined ? undefined : fields[sibling];
  if (said === undefined || allowed === undefined || value === 99) return [];
  return allowed[String(value)] === said
    ? []
    : [`${where} is ${String(value)}, and not ${JSON.stringify(said)}`];
}

function valueProblems(value: unknown, { type, object, enum: allowed }: Attribute, where: string) {
  if (type === 'object') {
    if (typeof value !== 'object' || value === null) return [`${where} is no object`];
    if (object === 'object') return [];
    const shape = SCHEMA.objects[object ?? ''];
    return shape ? problemsIn(value as Fields, shape, where) : [`${where}: the excerpt has no ${object}`];
  }
  if (allowed && !Object.hasOwn(allowed, String(value))) return [`${where} may not be ${String(value)}`];
  return scalarProblems(value, type, where);
}

function scalarProblems(value: unknown, type: string, where: string): readonly string[] {
  const { type: base = type, regex, max_len: most } = SCHEMA.types[type] ?? {};
  const isRight =
    base === 'string_t'
      ? typeof value === 'string'
      : base === 'integer_t' || base === 'long_t'
        ? Number.isSafeInteger(value)
        : base === 'boolean_t' && typeof value === 'boolean';
  if (!isRight) return [`${where} is no ${base}`];
  const text = String(value);
  if (regex !== undefined && !new RegExp(regex).test(text)) return [`${where} is no ${type}`];
  return most !== undefined && text.length > most ? [`${where} is too long`] : [];
}
