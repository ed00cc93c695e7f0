/**
 * A small evaluator of IAM identity policies, written from AWS's description of the policy language and
 * from nothing of ours: it says what a document allows at an instant. It throws on what it does not know,
 * so that a test cannot pass because the oracle looked away.
 */
type Statement = Readonly<{
  Effect: string;
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}>;
export type Document = Readonly<{ Version: string; Statement: readonly Statement[] }>;

/** One API call. `context` holds the condition keys that the call carries, in lower case. */
export type ApiCall = Readonly<{
  action: string;
  resource: string;
  at: number;
  context?: Readonly<Record<string, string>>;
}>;

/** True when the document allows the call: some Allow applies and no Deny does. */
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
    // Operators and keys are joined by AND; the values of one key by OR.
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

/** `*` is any text, `?` one character, everything else itself. */
function like(pattern: string, text: string): boolean {
  const shape = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${shape}$`).test(text);
}
