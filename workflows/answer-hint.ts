import { ApplicationFailure } from '@temporalio/workflow';
import { parseClickId, parsePersonId } from '../core/ids.ts';
import { ANSWER_KINDS } from '../core/request/commands.ts';
import type { AnswerHint } from './messages.ts';

/** Reads the argument of an update. Any client of the namespace can send one, so nothing about it is trusted. */
export function parseAnswerHint(json: unknown): AnswerHint {
  const { click, kind, by, digest } = (json ?? {}) as Record<string, unknown>;
  const known = ANSWER_KINDS.find((each) => each === kind);
  const id = typeof click === 'string' ? parseClickId(click) : undefined;
  const person = typeof by === 'string' ? parsePersonId(by) : undefined;
  if (!known || !id?.ok || !person?.ok || typeof digest !== 'string')
    throw ApplicationFailure.nonRetryable('an answer needs click, kind, by and digest', 'malformed');
  return { click: id.value, kind: known, by: person.value, digest };
}
