import { Option } from 'commander';
import { escapeHidden, oneLine } from '../../core/text.ts';

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
  if (format === 'json') return writeLine(escapeHidden(JSON.stringify(rows, null, 2)));
  if (format === 'jsonl') return rows.forEach((row) => writeLine(escapeHidden(JSON.stringify(row))));
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

/** A value as one line for a terminal, which would obey control characters in what people wrote. */
export const printable = (value: Row[string] | undefined): string => oneLine(String(value ?? '-'));

const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** A time for people at a terminal, in UTC and to the second. */
export const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + 'Z';
export const rfc3339 = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();
