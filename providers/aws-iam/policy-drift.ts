import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../core/ids.ts';
import { documentFor, iamTime, readDocument, readPolicyName } from './policy.ts';
import { endsOf } from './policy-document.ts';
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

/** True when the document gives what the target gives, whatever its end. */
export const isPolicyOf = ({ statements }: PolicyTarget, text: string): boolean =>
  withoutEnds(readDocument(text)) === withoutEnds(documentFor(statements, 0 as Instant));

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

/** The document as text, with the same end everywhere. */
const withoutEnds = (document: unknown): string =>
  JSON.stringify(document, (key, value: unknown) => (key === 'aws:CurrentTime' ? 'end' : value)) ?? '';
