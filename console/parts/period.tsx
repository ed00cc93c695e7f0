import type { FC, PropsWithChildren } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import type { Instant } from '../../core/ids.ts';
import { parseMoment } from '../../core/moment.ts';
import { ok, type Result } from '../../core/result.ts';
import { rfc3339, Time } from './time.tsx';

type PeriodFieldsProps = PropsWithChildren<
  Readonly<{
    /** The path of the page. */
    action: string;
    /** What the fields have, by their names. */
    typed: Readonly<Record<string, string>>;
    /** When the period begins without a moment in the field. */
    usual?: string;
  }>
>;

/**
 * The period of a page as a form. It changes the address and nothing else. A moment is written as people write it: "yesterday 14:00",
 * "30d ago".
 */
export const PeriodFields: FC<PeriodFieldsProps> = ({ action, typed, usual = '30d ago', children }) => (
  <form class="fields" action={action} role="search" aria-label="Period">
    {(
      [
        ['from', 'From', usual],
        ['to', 'Until', 'now'],
      ] as const
    ).map(([name, label, placeholder]) => (
      <label>
        {label}
        <input
          name={name}
          value={oneLine(typed[name] ?? '')}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
        />
      </label>
    ))}
    <button class="main">Show</button>
    {children}
  </form>
);

/** Says that old requests were removed from the ledger, where the time of a page has a part of it. `at`: what is older is not there. */
export const IncompleteBefore: FC<Readonly<{ at: Instant | undefined }>> = ({ at }) =>
  at === undefined ? null : (
    <p class="notice notice--careful">
      Requests that were made before <Time at={at} /> are not in the ledger any more, so this page does not
      have them. Their archive has them.
    </p>
  );

/** The question of an address, as it was typed. */
export type QueryFields = Readonly<Record<string, string>>;

/** When somebody reads a page, and in which zone. A time that they write without a zone is in theirs. */
export type MomentReading = Readonly<{ now: Instant; timeZone: string }>;

/** The moments that an address has under these names. A day under the name `to` is its end. The error is a sentence for the reader. */
export function momentsIn<Name extends string>(
  typed: QueryFields,
  names: readonly Name[],
  reading: MomentReading,
): Result<Readonly<Partial<Record<Name, Instant>>>, string> {
  const found: Partial<Record<Name, Instant>> = {};
  for (const name of names) {
    const text = typed[name]?.trim() ?? '';
    const read = text === '' ? undefined : parseMoment(text, { ...reading, wholeDay: name === 'to' });
    if (read?.ok === false) return read;
    if (read) found[name] = Math.max(read.value, 0) as Instant; // The ledger knows nothing from before 1970.
  }
  return ok(found);
}

/** The place of a row in an answer: its time and its ids, or an id alone. Addresses are recorded, so it is no other text. */
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z\/[\w.:/-]{1,200}|lease_[0-9a-z]{26}_\d{1,3})$/;

/** Where a page of an answer begins; undefined for its first page. */
export function cursorIn(typed: QueryFields): string | undefined {
  const after = typed['after']?.trim() ?? '';
  return CURSOR.test(after) ? after : undefined;
}

/** A path with its question, always the same for equal ones. Times are in UTC, so a link says the same to everybody. */
export function addressOf(
  path: string,
  question: Readonly<Record<string, string | Instant | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(question))
    if (value !== undefined) query.append(name, typeof value === 'string' ? value : rfc3339(value));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
