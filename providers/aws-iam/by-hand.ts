import { isDeepStrictEqual } from 'node:util';
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

type Loose = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The statements of any document. A document with one statement may leave out the list. */
export function statementsOf(document: unknown): readonly Loose[] {
  const list = isRecord(document) ? [document['Statement']].flat() : [];
  return list.filter(isRecord);
}

/** The end of a statement, or `never`. */
function endOf({ Condition }: Loose): string {
  const dates = isRecord(Condition) ? Condition['DateLessThan'] : undefined;
  const end = isRecord(dates) ? [dates['aws:CurrentTime']].flat() : [];
  return end.filter((each) => typeof each === 'string').join(' or ') || 'never';
}

/** The different ends of the statements. */
const endsOf = (document: unknown): readonly string[] => [...new Set(statementsOf(document).map(endOf))];

/** The document as text, with the same end everywhere. */
const withoutEnds = (document: unknown): string =>
  JSON.stringify(document, (key, value: unknown) => (key === 'aws:CurrentTime' ? 'end' : value)) ?? '';
