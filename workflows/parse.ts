import { ApplicationFailure } from '@temporalio/workflow';
import { parseClickId, parsePersonId } from '../core/ids.ts';
import type { Said } from './messages.ts';

const KINDS: readonly Said['kind'][] = ['approve', 'deny', 'withdraw', 'end'];

/** Reads an update's argument, which any client of the namespace could have made up. */
export function parseSaid(json: unknown): Said {
  const { click, kind, by, digest } = (json ?? {}) as Record<string, unknown>;
  const what = KINDS.find((each) => each === kind);
  const id = typeof click === 'string' ? parseClickId(click) : undefined;
  const person = typeof by === 'string' ? parsePersonId(by) : undefined;
  if (!what || !id?.ok || !person?.ok || typeof digest !== 'string')
    throw ApplicationFailure.nonRetryable(
      'an answer names a click, its kind, who and the digest',
      'malformed',
    );
  return { click: id.value, kind: what, by: person.value, digest };
}
