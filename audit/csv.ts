import { oneLine } from '../core/text.ts';

/** A field of a row: a text, a number, a list of texts, or an object with a kind. */
type Value = string | number | null | readonly string[] | Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, Value>>;

/**
 * Where a formula begins. A spreadsheet takes a cell for a formula when its text begins with one of these signs, also after white
 * space and in their full-width forms (OWASP, CSV Injection). In a region with decimal commas, a spreadsheet splits the file at
 * semicolons, so a part of a text that people wrote, such as a reason, can become a cell.
 */
const FORMULA = /(?<=^|;)(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/**
 * The rows as CSV (RFC 4180) below a line of their names. What a spreadsheet would take for a formula has an apostrophe before
 * it, and a hidden character is shown as a box. A list has spaces between its parts, and an object is its kind.
 */
export const csvLines = (rows: readonly Row[], names: readonly string[]): readonly string[] => [
  names.map(quoted).join(','),
  ...rows.map((row) => names.map((name) => cell(row[name] ?? null)).join(',')),
];

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '' : cell(value.join(' '));
  if (typeof value === 'object') return cell(String((value as Readonly<{ kind?: unknown }>).kind));
  return quoted(oneLine(String(value)).replaceAll(FORMULA, "'"));
}

const quoted = (text: string): string =>
  /[",'\s]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
