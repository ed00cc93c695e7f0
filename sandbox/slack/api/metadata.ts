/** Reads and checks the `metadata` of a message. https://docs.slack.dev/messaging/message-metadata */
import { no, ok, type Result } from '../../../core/result.ts';
import { isObject, type Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { Metadata } from '../model.ts';
import { jsonOf, refuse, type Reply } from './reply.ts';

/**
 * The metadata of a call. Undefined when the call has none. Slack's pages name the errors, but not which check
 * has which: here, what is not a JSON object is `invalid_metadata_format`, and an object with other fields is
 * `invalid_metadata_schema`.
 */
export function metadataOf(args: Json): Result<Metadata | undefined, Reply> {
  if (args['metadata'] === undefined) return ok(undefined);
  const given = jsonOf(args['metadata']);
  if (!isObject(given)) return no(refuse('invalid_metadata_format'));
  const { event_type, event_payload } = given;
  if (typeof event_type !== 'string' || event_type === '' || !isObject(event_payload))
    return no(refuse('invalid_metadata_schema'));
  if (Buffer.byteLength(JSON.stringify(given)) > LIMITS.metadata) return no(refuse('metadata_too_large'));
  return ok({ event_type, event_payload });
}

/**
 * The metadata of a message after an update: the old one when the call has none, and none when the call has an
 * empty object. https://docs.slack.dev/reference/methods/chat.update
 */
export function updatedMetadata(args: Json, old: Metadata | undefined): Result<Metadata | undefined, Reply> {
  if (args['metadata'] === undefined) return ok(old);
  const given = jsonOf(args['metadata']);
  return isObject(given) && Object.keys(given).length === 0 ? ok(undefined) : metadataOf(args);
}
