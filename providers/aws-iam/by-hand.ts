import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../core/ids.ts';
import { documentFor, iamTime, readDocument, readPolicyName } from './policy.ts';
import type { PolicyTarget } from './target.ts';

/**
 * How a policy of a lease differs from what Curfew wrote, as a sentence. Undefined when it does not. IAM returns a document
 * as it was written, so every difference was made by somebody else.
 *
 * @param name the policy's name at IAM, which has the end that Curfew wrote
 * @param text the document as the API returns it
 */
export function changedByHand({ statements }: PolicyTarget, name: string, text: string): string | undefined {
  const ours = readPolicyName(name);
  if (!ours) return `the policy ${name} has the mark of this lease, and Curfew did not write it`;
  const written = documentFor(statements, ours.endsAt);
  const seen = readDocument(text);
  if (isDeepStrictEqual(seen, written)) return undefined;
  const ends = endsOf(seen);
  const differences = [
    ...(isDeepStrictEqual(ends, endsOf(written))
      ? []
      : [`its end is ${ends.join(' and ') || 'never'}, not ${iamTime(ours.endsAt)}`]),
    ...(isDeepStrictEqual(withoutEnds(seen), withoutEnds(written)) ? [] : ['what it allows is different']),
  ];
  return `somebody changed the policy ${name} by hand: ${differences.join(', and ') || 'its form is different'}`;
}

/** A policy whose name has a later end than the lease, as a sentence. Undefined when it does not. */
export function namedTooLate(name: string, endsAt: Instant): string | undefined {
  const ours = readPolicyName(name);
  return ours && ours.endsAt > endsAt
    ? `the policy ${name} has the mark of this lease, and the end in its name is ${iamTime(ours.endsAt)}, later than that of the lease, ${iamTime(endsAt)}`
    : undefined;
}

/** What a repeated grant did about a policy. `set`: wrote it as it was granted. `limited`: wrote only its end. */
export type Done = 'new' | 'kept' | 'limited' | 'set';

/** For `seen`, which the event `granted` has. It has no note. */
export const AFTER_CHANGE: Readonly<Record<Done, string>> = {
  new: '',
  kept: ', changed by hand',
  limited: ', changed by hand, and Curfew wrote its end again',
  set: ', which Curfew wrote again after a change by hand',
};

/** For the note, as a sentence. */
export const WHAT_WAS_DONE: Readonly<Record<Done, string>> = {
  new: 'Curfew wrote the policy with the new end and deleted the old one.',
  kept: 'Curfew leaves it as it is, and deletes it at the end of the lease.',
  limited:
    'Curfew wrote the end again and leaves the rest as it is. It deletes the policy at the end of the lease.',
  set: 'Curfew wrote the policy again as it was granted.',
};

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
const endsOf = (document: unknown): readonly string[] => [...new Set(statementsOf(document).map(endOf))];

/** The document as text, with the same end everywhere. */
const withoutEnds = (document: unknown): string =>
  JSON.stringify(document, (key, value: unknown) => (key === 'aws:CurrentTime' ? 'end' : value)) ?? '';
