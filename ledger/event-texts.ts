import { createHash, randomBytes } from 'node:crypto';
import type { Event } from '../core/request/events.ts';

/**
 * An event as it is stored: it has ids and numbers, and in place of each text a salted hash. The texts of people, policies
 * and vendors are stored beside it, so that they can be erased and the event never changes.
 */
export type StoredEvent = Readonly<{ body: unknown; salt: string; texts: readonly string[] }>;

/** Stands in the place of a text: its position among the texts of the event, and its salted hash. */
type TextHash = Readonly<{ text: number; hash: string }>;

/** What people read in the place of a text that was erased. */
export const ERASED = '(erased)';

/** The fields that hold a text, wherever they stand in an event. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['seen', 'note', 'why', 'because', 'nearest']);

/** A refused account has a code as its reason. */
const isText = (field: string, { code }: Readonly<{ code?: unknown }>): boolean =>
  TEXT_FIELDS.has(field) && code !== 'not-a-member';

/** The stored form of an event, with a new salt. */
export function storedEvent(event: Event, salt = randomBytes(16).toString('hex')): StoredEvent {
  const texts: string[] = [];
  const body = replaced(event, (value, field, within) => {
    if (typeof value !== 'string' || !isText(field, within)) return undefined;
    texts.push(value);
    return { text: texts.length - 1, hash: textHash(salt, value) } satisfies TextHash;
  });
  return { body, salt, texts };
}

/** What people read in the place of a text that is not the one that was recorded. */
export const ALTERED = '(altered after it was recorded)';

/** The texts beside an event, as they are stored. Null when they are erased. */
export type StoredTexts = Readonly<{ salt: string | null; texts: readonly string[] | null }>;

/** The event again. A text that was erased is `ERASED`, and one that does not have its hash is `ALTERED`. */
export const restoredEvent = (body: unknown, { salt, texts }: StoredTexts): Event =>
  replaced(body, (value) => {
    if (!isTextHash(value)) return undefined;
    const text = texts?.[value.text];
    if (text === undefined) return ERASED;
    return textHash(salt ?? '', text) === value.hash ? text : ALTERED;
  }) as Event;

/** SHA-256, in hex, of a salt and a text. */
export const textHash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

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
