/**
 * A small evaluator of IAM identity policies. It says what a document allows at an instant. It is written from AWS's
 * description of the policy language and shares no code with the provider. It throws on everything that it does
 * not know, so that no test passes because the evaluator ignored something.
 */
type Statement = Readonly<{
  Effect: string;
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}>;
export type Document = Readonly<{ Version: string; Statement: readonly Statement[] }>;

/** One API call. `context` holds the call's condition keys in lower case. */
export type ApiCall = Readonly<{
  action: string;
  resource: string;
  at: number;
  context?: Readonly<Record<string, string>>;
}>;

/** True when the document allows the call: an Allow applies and no Deny applies. */
export function allows(document: Document, call: ApiCall): boolean {
  if (document.Version !== '2012-10-17') throw new Error(`unknown policy version ${document.Version}`);
  const applying = document.Statement.filter((statement) => applies(statement, call));
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

const KNOWN = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

function applies(statement: Statement, call: ApiCall): boolean {
  const strange = Object.keys(statement).filter((field) => !KNOWN.includes(field));
  if (strange.length > 0) throw new Error(`unknown fields ${strange.join()}`);
  const context = { 'aws:currenttime': new Date(call.at).toISOString(), ...call.context };
  return (
    list(statement.Action).some((pattern) => like(pattern.toLowerCase(), call.action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => like(pattern, call.resource)) &&
    // Operators and keys are combined with AND, the values of one key with OR.
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, context, key.toLowerCase(), list(values)),
      ),
    )
  );
}

function holds(
  operator: string,
  context: Readonly<Record<string, string>>,
  key: string,
  values: readonly string[],
): boolean {
  const given = context[key];
  if (operator === 'Null') return values.includes(String(given === undefined));
  const ifExists = operator.endsWith('IfExists');
  if (given === undefined) return ifExists;
  return values.some((value) => compare(operator.replace(/IfExists$/, ''), given, value));
}

function compare(operator: string, given: string, value: string): boolean {
  const [a, b] = [instant(given), instant(value)];
  switch (operator) {
    case 'StringEquals':
      return given === value;
    case 'StringLike':
      return like(value, given);
    case 'Bool':
      return given.toLowerCase() === value.toLowerCase();
    case 'DateLessThan':
      return a < b;
    case 'DateLessThanEquals':
      return a <= b;
    case 'DateGreaterThan':
      return a > b;
    case 'DateGreaterThanEquals':
      return a >= b;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

/** ISO 8601 in UTC. NaN otherwise, and NaN compares false with everything. */
const instant = (text: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** `*` is any text, `?` is one character, and everything else is literal. */
function like(pattern: string, text: string): boolean {
  const shape = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${shape}$`).test(text);
}
