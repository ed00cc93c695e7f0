import { no, ok, type Result } from '../../core/result.ts';
import { type Condition, roomFor, type Statement } from './policy.ts';

export type PolicyTarget = Readonly<{ kind: 'policy'; account?: string; statements: readonly Statement[] }>;
/** `id` is IAM's own id of the group (`AGPA...`). With it, a renamed group is still found when access ends. */
export type GroupTarget = Readonly<{ kind: 'group'; account?: string; group: string; id?: string }>;
export type AwsIamTarget = PolicyTarget | GroupTarget;

const ACCOUNT = /^[0-9]{12}$/;
const GROUP = /^[\w+=,.@-]{1,128}$/;
const ID = /^\w{16,128}$/; // IAM's API reference, "Group": GroupId
const ACTION = /^(\*|[a-z0-9-]{1,40}:[A-Za-z0-9*?]{1,100})$/;
const RESOURCE = /^(\*|arn:[\x21-\x7e]{1,1000})$/;
const CONDITION_KEY = /^[A-Za-z0-9-]{1,40}:[\x20-\x7e]{1,200}$/;
// The operators of IAM's reference, "IAM JSON policy elements: Condition operators".
const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;
const FIELDS = {
  policy: ['kind', 'account', 'statements'],
  group: ['kind', 'account', 'group', 'id'],
};
const STATEMENT_FIELDS = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];
const MAX_STATEMENTS = 10;
const MAX_VALUES = 50;

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (json: unknown): json is Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Reads `{ kind: 'policy', account?, statements }` or `{ kind: 'group', account?, group, id? }`. */
export function parseTarget(json: unknown): Result<AwsIamTarget, string> {
  if (!isRecord(json)) return no('aws-iam target: must be an object with "kind"');
  const { kind, account, group, id, statements } = json;
  if (kind !== 'policy' && kind !== 'group') return no('aws-iam target: "kind" must be "policy" or "group"');
  const unknownField = Object.keys(json).find((field) => !FIELDS[kind].includes(field));
  if (unknownField !== undefined)
    return no(
      `aws-iam target: ${JSON.stringify(unknownField.slice(0, 40))} is not a field of a ${kind}. The fields are ${FIELDS[kind].join(', ')}`,
    );
  if (account !== undefined && !(typeof account === 'string' && ACCOUNT.test(account)))
    return no('aws-iam target: "account" must be a string of 12 digits');
  const where = account === undefined ? {} : { account };
  if (kind === 'group') {
    if (typeof group !== 'string' || !GROUP.test(group))
      return no(
        'aws-iam target: "group" must be an IAM group name (1 to 128 letters, digits and + = , . @ _ -)',
      );
    if (id !== undefined && !(typeof id === 'string' && ID.test(id)))
      return no('aws-iam target: "id" must be the group\'s own id, which "aws iam get-group" shows');
    return ok({ kind, ...where, group, ...(id === undefined ? {} : { id }) });
  }
  const parsed = parseStatements(statements);
  if (!parsed.ok) return parsed;
  const target = { kind, ...where, statements: parsed.value } as const;
  const { needs, room } = roomFor(target.statements);
  if (needs > room)
    return no(
      `aws-iam target: "statements" need ${needs} characters, and a user's inline policies have ${room}`,
    );
  return ok(target);
}

function parseStatements(json: unknown): Result<readonly Statement[], string> {
  if (!Array.isArray(json) || json.length === 0 || json.length > MAX_STATEMENTS)
    return no(`aws-iam target: "statements" must be a list of 1 to ${MAX_STATEMENTS} statements`);
  const read: Statement[] = [];
  for (const [index, one] of json.entries()) {
    const parsed = parseStatement(one, `aws-iam target: "statements[${index}]`);
    if (!parsed.ok) return parsed;
    read.push(parsed.value);
  }
  return ok(read);
}

function parseStatement(json: unknown, at: string): Result<Statement, string> {
  if (!isRecord(json)) return no(`${at}" must be an object`);
  // NotAction and NotResource allow everything except something. Principal is not valid in a user's policy.
  const unknownField = Object.keys(json).find((field) => !STATEMENT_FIELDS.includes(field));
  if (unknownField !== undefined)
    return no(
      `${at}" has the field ${JSON.stringify(unknownField.slice(0, 40))}, which Curfew does not allow`,
    );
  // A Deny with an end would widen access at the end.
  if (json['Effect'] !== 'Allow') return no(`${at}.Effect" must be "Allow"`);
  const actions = texts(json['Action'], ACTION);
  if (!actions) return no(`${at}.Action" must be one or more of the form "service:Name", or "*"`);
  const resources = texts(json['Resource'], RESOURCE);
  if (!resources) return no(`${at}.Resource" must be one or more ARNs, or "*"`);
  const statement = { Effect: 'Allow', Action: actions, Resource: resources } as const;
  if (json['Condition'] === undefined) return ok(statement);
  const condition = parseCondition(json['Condition'], `${at}.Condition`);
  return condition.ok ? ok({ ...statement, Condition: condition.value }) : condition;
}

/** Sorts operators and keys, so that two ways to write one condition give the same text. */
function parseCondition(json: unknown, at: string): Result<Condition, string> {
  if (!isRecord(json)) return no(`${at}" must be an object`);
  const read: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(json).sort(byName)) {
    if (!OPERATOR.test(operator)) return no(`${at}" has an operator that IAM does not have`);
    if (!isRecord(keys) || Object.keys(keys).length === 0)
      return no(`${at}.${operator}" must be an object with keys`);
    const block: Record<string, readonly string[]> = {};
    for (const [key, value] of Object.entries(keys).sort(byName)) {
      // The values of one key are alternatives, so a second date would change the end.
      if (operator === 'DateLessThan' && key.toLowerCase() === 'aws:currenttime')
        return no(`${at}" must not use DateLessThan on aws:CurrentTime: Curfew writes the end there`);
      const values = CONDITION_KEY.test(key) ? texts(value, /^[\x20-\x7e]{0,500}$/) : undefined;
      if (!values) return no(`${at}.${operator}" needs keys like "aws:SourceIp" with strings as values`);
      block[key] = values;
    }
    read[operator] = block;
  }
  return ok(read);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** One string or a list of strings, each of the given shape. Undefined for anything else. */
function texts(json: unknown, shape: RegExp): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (list.length === 0 || list.length > MAX_VALUES) return undefined;
  const good = list.filter((one): one is string => typeof one === 'string' && shape.test(one));
  return good.length === list.length ? good : undefined;
}
