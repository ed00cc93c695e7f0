/**
 * When IAM stops allowing what a policy allows. All conditions of a statement must hold, and of the values of one
 * condition one is enough. A statement that denies wins over every statement that allows. Other conditions than
 * those of time are not evaluated: they can only allow less.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
type Loose = Readonly<Record<string, unknown>>;

/** Milliseconds since 1970. `nothing`: no statement allows anything. */
export type PolicyEnd = Readonly<{ kind: 'never' | 'nothing' } | { kind: 'at'; at: number }>;

const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const stringsOf = (value: unknown): readonly string[] =>
  [value].flat().filter((each) => typeof each === 'string');

/** The statements of URL-encoded JSON, as IAM returns it. A document with one statement may leave out the list. */
export function statementsOf(document: string): readonly Loose[] {
  const parsed: unknown = JSON.parse(decodeURIComponent(document));
  return isRecord(parsed) ? [parsed['Statement']].flat().filter(isRecord) : [];
}

const BEFORE = /^Date(LessThan|LessThanEquals|Equals)(IfExists)?$/;
const AFTER = /^Date(GreaterThan|GreaterThanEquals)(IfExists)?$/;
// Both are in every request. The second one is the same time in seconds since 1970.
const isNow = (key: string): boolean => ['aws:currenttime', 'aws:epochtime'].includes(key.toLowerCase());

/** A date as IAM takes it: ISO 8601, or seconds since 1970. */
const timeOf = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);

/** The conditions of a statement as [operator, key, values]. */
const conditionsOf = ({ Condition }: Loose): readonly (readonly [string, string, readonly string[]])[] =>
  Object.entries(isRecord(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isRecord(keys) ? keys : {}).map(
      ([key, values]) => [operator, key, stringsOf(values)] as const,
    ),
  );

/** Infinity when the statement has no end, and -Infinity when a condition has no value, so that it never applies. */
function endOf(statement: Loose): number {
  const ends = conditionsOf(statement)
    .filter(([operator, key]) => BEFORE.test(operator) && isNow(key))
    .map(([, , values]) => Math.max(...values.map(timeOf)));
  return Math.min(...ends);
}

/** From when a statement denies for good. Infinity when it depends on more than the time, or does so only for a while. */
function denialOf(statement: Loose): number {
  const conditions = conditionsOf(statement);
  if (conditions.some(([operator, key]) => !AFTER.test(operator) || !isNow(key))) return Infinity;
  return Math.max(...conditions.map(([, , values]) => Math.min(...values.map(timeOf))));
}

const LETTERS: Readonly<Record<string, string>> = { '*': '.*', '?': '[^*]' };

/** Whether a pattern matches everything that `text` stands for, which may be a pattern too: "?" is not "*". */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/\W/g, (letter) => LETTERS[letter] ?? `\\${letter}`)}$`, 'is').test(text);

/** Whether one of the patterns of `denied` matches each of `allowed`. Without a list (`NotAction`), only "*" does. */
const covers = (denied: unknown, allowed: unknown): boolean => {
  const texts = stringsOf(allowed);
  return (texts.length > 0 ? texts : ['*']).every((text) =>
    stringsOf(denied).some((pattern) => matches(pattern, text)),
  );
};

/**
 * The last end of the statements of `document` that allow. `all` are the documents that apply to the same person,
 * because a denial of any of them counts.
 */
export function policyEnd(document: string, all: readonly string[] = [document]): PolicyEnd {
  const denials = all.flatMap(statementsOf).filter(({ Effect }) => Effect === 'Deny');
  const ends = statementsOf(document)
    .filter(({ Effect }) => Effect === 'Allow')
    .map((allowed) => {
      const denied = denials.filter(
        ({ Action, Resource }) => covers(Action, allowed['Action']) && covers(Resource, allowed['Resource']),
      );
      return Math.min(endOf(allowed), ...denied.map(denialOf));
    });
  const last = Math.max(...ends);
  if (last === -Infinity || Number.isNaN(last)) return { kind: 'nothing' };
  return last === Infinity ? { kind: 'never' } : { kind: 'at', at: last };
}
