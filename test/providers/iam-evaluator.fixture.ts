/**
 * An evaluator of IAM identity policies and permissions boundaries. It says what documents allow at an instant. It is written
 * from AWS's description of the policy language ("IAM JSON policy elements reference", "Policy evaluation logic") and shares no
 * code with the provider. It throws on everything that it does not know, so that no test passes because the evaluator ignored
 * something. It knows no policy variables, no resource policies and no policies of an organization. The package
 * `@cloud-copilot/iam-simulate` is not used, because its licence is AGPL-3.0.
 */
import { BlockList, isIP } from 'node:net';

type Texts = string | readonly string[];
type Statement = Readonly<{
  Sid?: string;
  Effect: string;
  Action?: Texts;
  NotAction?: Texts;
  Resource?: Texts;
  NotResource?: Texts;
  Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
}>;
export type Document = Readonly<{ Version: string; Statement: Statement | readonly Statement[] }>;
export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** One API call. `context` holds the call's condition keys in lower case. A key with several values has a list. */
export type ApiCall = Readonly<{
  action: string;
  resource: string;
  at: number;
  context?: Readonly<Record<string, Texts>>;
}>;

/** True when the document allows the call: an Allow applies and no Deny applies. */
export const allows = (document: Document, call: ApiCall): boolean => decide([document], call) === 'allowed';

/** What all policies of a principal decide together. With a boundary, both must allow. */
export function decide(documents: readonly Document[], call: ApiCall, boundary?: Document): Decision {
  const applying = (of: readonly Document[]) =>
    of.flatMap(statementsOf).filter((each) => applies(each, call));
  const [own, limit] = [applying(documents), boundary && applying([boundary])];
  if ([...own, ...(limit ?? [])].some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  const isAllowed = (of: readonly Statement[]) => of.some(({ Effect }) => Effect === 'Allow');
  return isAllowed(own) && (limit === undefined || isAllowed(limit)) ? 'allowed' : 'implicitDeny';
}

/**
 * The condition keys that these documents need to judge a call, and that the call does not have. Only statements for its action
 * and its resource need some. IAM calls them `MissingContextValues` in the answer of a simulation.
 */
export function missingKeys(documents: readonly Document[], call: ApiCall): readonly string[] {
  const given = contextOf(call);
  const keys = documents
    .flatMap(statementsOf)
    .filter((statement) => isAbout(statement, call))
    .flatMap(({ Condition = {} }) => Object.values(Condition).flatMap((block) => Object.keys(block)))
    .filter((key) => given[key.toLowerCase()] === undefined);
  return [...new Set(keys)];
}

const KNOWN = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

function statementsOf({ Version, Statement }: Document): readonly Statement[] {
  if (Version !== '2012-10-17') throw new Error(`unknown policy version ${Version}`);
  const statements = [Statement].flat() as readonly Statement[];
  for (const statement of statements) {
    const strange = Object.keys(statement).filter((field) => !KNOWN.includes(field));
    if (strange.length > 0) throw new Error(`unknown fields ${strange.join()}`);
    if (!['Allow', 'Deny'].includes(statement.Effect)) throw new Error(`unknown effect ${statement.Effect}`);
  }
  return statements;
}

const contextOf = (call: ApiCall): Readonly<Record<string, Texts>> => ({
  'aws:currenttime': new Date(call.at).toISOString(),
  ...call.context,
});

function applies(statement: Statement, call: ApiCall): boolean {
  if (!isAbout(statement, call)) return false;
  const context = contextOf(call);
  // Operators and keys are combined with AND.
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, context[key.toLowerCase()], list(values))),
  );
}

/** True when the statement is for the action and the resource of the call, whatever its conditions are. */
function isAbout({ Action, NotAction, Resource, NotResource }: Statement, call: ApiCall): boolean {
  const acts = (patterns: Texts) =>
    list(patterns).some((pattern) => like(pattern.toLowerCase(), call.action.toLowerCase()));
  const covers = (patterns: Texts) => list(patterns).some((pattern) => like(pattern, call.resource));
  return oneOf(Action, NotAction, acts) && oneOf(Resource, NotResource, covers);
}

function oneOf(
  some: Texts | undefined,
  not: Texts | undefined,
  matches: (patterns: Texts) => boolean,
): boolean {
  if ((some === undefined) === (not === undefined)) throw new Error('an element or its negation, not both');
  return some === undefined ? !matches(not ?? []) : matches(some);
}

/** "Multivalued context keys" and "IfExists" of the reference. */
function holds(operator: string, given: Texts | undefined, values: readonly string[]): boolean {
  if (operator === 'Null') return values.some((value) => value.toLowerCase() === String(given === undefined));
  const [, set, name = '', ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const { compare, isNegated } = operatorOf(name);
  if (given === undefined) {
    if (ifExists) return true;
    if (set === 'ForAllValues:') return true;
    return set === undefined && isNegated;
  }
  const matches = (value: string) =>
    isNegated ? !values.some((each) => compare(value, each)) : values.some((each) => compare(value, each));
  const all = list(given);
  if (set === 'ForAllValues:') return all.every(matches);
  if (set === 'ForAnyValue:') return all.some(matches);
  if (typeof given !== 'string') throw new Error(`${operator} on a key with several values`);
  return matches(given);
}

type Compare = (given: string, value: string) => boolean;
const number: (compare: (a: number, b: number) => boolean) => Compare = (compare) => (given, value) =>
  compare(toNumber(given), toNumber(value));
const date: (compare: (a: number, b: number) => boolean) => Compare = (compare) => (given, value) =>
  compare(instant(given), instant(value));

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (given, value) => given === value,
  StringEqualsIgnoreCase: (given, value) => given.toLowerCase() === value.toLowerCase(),
  StringLike: (given, value) => like(value, given),
  NumericEquals: number((a, b) => a === b),
  NumericLessThan: number((a, b) => a < b),
  NumericLessThanEquals: number((a, b) => a <= b),
  NumericGreaterThan: number((a, b) => a > b),
  NumericGreaterThanEquals: number((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: (given, value) => given.toLowerCase() === value.toLowerCase(),
  BinaryEquals: (given, value) => given === value,
  IpAddress: inNetwork,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};
/** Every operator that this evaluator knows, without the prefixes of sets and the suffix `IfExists`. */
export const OPERATORS: readonly string[] = [...Object.keys(COMPARISONS), ...Object.keys(NEGATIONS), 'Null'];

function operatorOf(name: string): Readonly<{ compare: Compare; isNegated: boolean }> {
  const compare = COMPARISONS[NEGATIONS[name] ?? name];
  if (!compare) throw new Error(`unknown operator ${name}`);
  return { compare, isNegated: NEGATIONS[name] !== undefined };
}

const toNumber = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** ISO 8601 in one of the W3C forms, or seconds since 1970. NaN otherwise, and NaN compares false with everything. */
function instant(text: string): number {
  if (/^\d{9,}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{4}(-\d\d(-\d\d)?)?$/.test(text)) return Date.parse(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function inNetwork(given: string, network: string): boolean {
  const [address = '', length] = network.split('/');
  const family = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  if (!isIP(given) || !isIP(address) || family(given) !== family(address)) return false;
  const all = new BlockList();
  all.addSubnet(address, Number(length ?? (family(address) === 'ipv6' ? 128 : 32)), family(address));
  return all.check(given, family(given));
}

/** Each of the six parts of an ARN is compared by itself, so that a wildcard does not cross a colon before the last part. */
function arnLike(given: string, pattern: string): boolean {
  const parts = (text: string) => {
    const [head, ...tail] = [text.split(':').slice(0, 5), text.split(':').slice(5).join(':')];
    return [...(head ?? []), ...tail];
  };
  const [have, want] = [parts(given), parts(pattern)];
  return have.length === want.length && want.every((part, index) => like(part, have[index] ?? ''));
}

const list = (value: Texts): readonly string[] => (typeof value === 'string' ? [value] : value);

const shapes = new Map<string, RegExp>();

/** `*` is any text, `?` is one character, and everything else is literal. */
function like(pattern: string, text: string): boolean {
  if (pattern.includes('${')) throw new Error(`this evaluator knows no policy variables: ${pattern}`);
  const known = shapes.get(pattern);
  if (known) return known.test(text);
  const shape = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  shapes.set(pattern, new RegExp(`^${shape}$`));
  return like(pattern, text);
}
