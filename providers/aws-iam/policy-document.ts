import type { Instant } from '../../core/ids.ts';
import { iamTime } from './policy.ts';

type Loose = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The statements of any document. A document with one statement may leave out the list. */
export function statementsOf(document: unknown): readonly Loose[] {
  const list = isRecord(document) ? [document['Statement']].flat() : [];
  return list.filter(isRecord);
}

/**
 * A document that allows the same until this end at most. What ends earlier, and what denies, stays as it is. The same document
 * when nothing in it is later, and undefined when it has no statements.
 */
export function limitedTo(document: unknown, endsAt: Instant): unknown {
  const statements = statementsOf(document);
  if (!isRecord(document) || statements.length === 0) return undefined;
  if (!statements.some((each) => isTooLate(each, endsAt))) return document;
  return {
    ...document,
    Statement: statements.map((each) => (isTooLate(each, endsAt) ? withEnd(each, endsAt) : each)),
  };
}

/** The dates of one key are alternatives, so the last one counts. */
function isTooLate(statement: Loose, endsAt: Instant): boolean {
  const dates = datesOf(statement).map((each) => Date.parse(each));
  return allows(statement) && !(dates.length > 0 && dates.every((each) => each <= endsAt));
}

function withEnd(statement: Loose, endsAt: Instant): Loose {
  const Condition = isRecord(statement['Condition']) ? statement['Condition'] : {};
  const dates = isRecord(Condition['DateLessThan']) ? Condition['DateLessThan'] : {};
  const DateLessThan = { ...dates, 'aws:CurrentTime': [iamTime(endsAt)] };
  return { ...statement, Condition: { ...Condition, DateLessThan } };
}

const allows = ({ Effect }: Loose): boolean => Effect !== 'Deny';

/** Until when a document allows something, as a part of a sentence. */
export function untilWhen(document: unknown): string {
  const ends = [...new Set(statementsOf(document).filter(allows).map(endOf))];
  return ends.length > 0 ? ` until ${ends.join(' and ')}` : ', which allows nothing';
}

function datesOf({ Condition }: Loose): readonly string[] {
  const dates = isRecord(Condition) ? Condition['DateLessThan'] : undefined;
  const end = isRecord(dates) ? [dates['aws:CurrentTime']].flat() : [];
  return end.filter((each) => typeof each === 'string');
}

/** The end of a statement, or `never`. */
const endOf = (statement: Loose): string => datesOf(statement).join(' or ') || 'never';

/** The different ends of the statements. */
export const endsOf = (document: unknown): readonly string[] => [
  ...new Set(statementsOf(document).map(endOf)),
];
