import { Option } from 'commander';
import { oneLine, replaceHidden } from '../../core/text.ts';

export type Format = 'table' | 'json' | 'jsonl';

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print: for people, or for programs (RFC 3339 UTC times)')
    .choices(['table', 'json', 'jsonl'])
    .default('table');

export type Row = Readonly<Record<string, string | number | null>>;

/**
 * Prints rows. JSON has every field, with stable names. A table has only the fields in `columns`, under their headings.
 * `empty` is the line for a table without rows.
 */
export function print(
  rows: readonly Row[],
  format: Format,
  columns: Readonly<Record<string, string>>,
  empty: string,
): void {
  if (format === 'json') return writeLine(escapedJson(rows, 2));
  if (format === 'jsonl') return rows.forEach((row) => writeLine(escapedJson(row)));
  if (rows.length === 0) return writeLine(empty);
  const keys = Object.keys(columns);
  const lines = [
    keys.map((key) => columns[key] ?? key),
    ...rows.map((row) => keys.map((key) => printable(row[key]))),
  ];
  const widths = keys.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  for (const line of lines)
    writeLine(
      line
        .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - [...text].length))
        .join('  ')
        .trimEnd(),
    );
}

/**
 * A value as JSON in which every hidden character is escaped, because a terminal may obey one, such as U+009B. A program
 * reads the same value. `JSON.stringify` escapes only some of them, and between the fields it writes line ends.
 */
const escapedJson = (value: unknown, indent?: number): string =>
  replaceHidden(JSON.stringify(value, null, indent), (hidden) =>
    hidden === '\n' ? hidden : unitsOf(hidden),
  );

/** A character as JSON escapes it: one `\u` and four hex digits for each of its UTF-16 code units. */
const unitsOf = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** A value as one line for a terminal, which would obey control characters in what people wrote. */
export const printable = (value: Row[string] | undefined): string => oneLine(String(value ?? '-'));

const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** A time for people at a terminal, in UTC and to the second. */
export const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + 'Z';
export const rfc3339 = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();
