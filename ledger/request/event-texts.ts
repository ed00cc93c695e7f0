import type { Event } from '../../core/request/events.ts';
import { newSalt, readableText, textHash } from '../salted-text.ts';

/**
 * An event as it is stored: it has ids and numbers, and in place of each text a salted hash. The texts of people, policies
 * and vendors are stored beside it, so that they can be erased and the event never changes.
 */
export type StoredEvent = Readonly<{ body: object; salt: string; texts: readonly string[] }>;

/** Stands in the place of a text: its position among the texts of the event, and its salted hash. */
type TextHash = Readonly<{ text: number; hash: string }>;

/** The fields that hold a text, wherever they stand in an event. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['seen', 'note', 'why', 'because', 'nearest']);

/** A refused account has a code as its reason. */
const isText = (field: string, { code }: Readonly<{ code?: unknown }>): boolean =>
  TEXT_FIELDS.has(field) && code !== 'not-a-member';

/** The stored form of an event, with a new salt. */
export function storedEvent(event: Event, salt = newSalt()): StoredEvent {
  const texts: string[] = [];
  const body = replaced(event, (value, field, within) => {
    if (typeof value !== 'string' || !isText(field, within)) return undefined;
    texts.push(value);
    return { text: texts.length - 1, hash: textHash(salt, value) } satisfies TextHash;
  });
  return { body: body as object, salt, texts };
}

/** The texts beside an event, as they are stored. Null when they are erased. */
export type StoredTexts = Readonly<{ salt: string | null; texts: readonly string[] | null }>;

/** The event again. A text that was erased is `ERASED`, and one that does not have its hash is `ALTERED`. The hash of what a person wrote with it (`withWrittenHash`) is no part of it. */
export const restoredEvent = (body: unknown, { salt, texts }: StoredTexts): Event =>
  replaced(withoutWrittenHash(body), (value) =>
    isTextHash(value)
      ? readableText({ salt, body: texts?.[value.text] ?? null, hash: value.hash })
      : undefined,
  ) as Event;

const withoutWrittenHash = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null) return body;
  const { writtenHash: _hash, ...event } = body as Readonly<Record<string, unknown>>;
  return event;
};

const isTextHash = (value: unknown): value is TextHash =>
  typeof value === 'object' && value !== null && 'text' in value && 'hash' in value;

type Replace = (value: unknown, field: string, within: object) => unknown;

/** A copy of a JSON value in which each value is replaced for which `replace` returns something. */
function replaced(value: unknown, replace: Replace, field = '', within: object = {}): unknown {
  const other = replace(value, field, within);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((each) => replaced(each, replace, field, within));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, replaced(inner, replace, name, value)]),
  );
}
