import { type Command, Option } from 'commander';
import { escapeHidden, oneLine } from '../../core/text.ts';
import { csvLines } from '../../audit/csv.ts';
import { isColoured, partsOf, STATE_STYLES } from './style.ts';
import { tableLines } from './table.ts';

const FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** What `addOutputOptions` adds. */
export type OutputOptions = Readonly<{ output: Format; json?: true; csv?: true }>;

/** Adds `--output`, and `--json` and `--csv` as short forms of it. A command whose rows are not flat has no CSV. */
export function addOutputOptions(command: Command, { hasCsv = true } = {}): Command {
  const formats = FORMATS.filter((format) => hasCsv || format !== 'csv');
  const short = (format: Format): Option =>
    new Option(`--${format}`, `the same as --output ${format}`).conflicts(
      ['output', 'json', 'csv'].filter((other) => other !== format),
    );
  command.addOption(
    new Option('-o, --output <format>', 'how to print: for people, or for programs (RFC 3339 UTC times)')
      .choices(formats)
      .default('table'),
  );
  command.addOption(short('json'));
  return hasCsv ? command.addOption(short('csv')) : command;
}

export const formatOf = ({ output, json, csv }: OutputOptions): Format =>
  json ? 'json' : csv ? 'csv' : output;

/** A value of a field as JSON has it. */
export type Value = string | number | null | readonly string[] | Readonly<Record<string, unknown>>;
export type Row = Readonly<Record<string, Value>>;

/** Prints rows for programs, with every field of them. CSV has these `names` as its columns. */
export function printRows(
  rows: readonly Row[],
  format: Exclude<Format, 'table'>,
  names: readonly string[],
): void {
  switch (format) {
    case 'json':
      return JSON.stringify(rows, null, 2).split('\n').forEach(writeJson);
    case 'jsonl':
      return rows.forEach((row) => writeJson(JSON.stringify(row)));
    case 'csv':
      return csvLines(rows, names).forEach(writeLine);
  }
}

/**
 * Prints rows. JSON and CSV have every field, with stable names. A table has only the fields in `columns`, under their headings.
 * `empty` is the line for a table without rows.
 */
export function print(
  rows: readonly Row[],
  format: Format,
  columns: Readonly<Record<string, string>>,
  empty: string,
): void {
  if (format !== 'table') return printRows(rows, format, Object.keys(rows[0] ?? columns));
  if (rows.length === 0) return writeLine(empty);
  const shown = Object.entries(columns).map(([name, heading]) => ({
    heading,
    text: (row: Row) => printable(flat(row[name])),
    style: (row: Row) => (STATE_NAMES.includes(name) ? STATE_STYLES[flat(row[name]) ?? ''] : undefined),
  }));
  writeStyled(tableLines(rows, shown, { coloured: isColoured(process.stdout) }));
}

/** The fields whose word has a colour. */
const STATE_NAMES = ['state', 'verdict'];

/** A table has no lists and no objects. */
const flat = (value: Value | undefined): string | number | null =>
  typeof value === 'string' || typeof value === 'number' ? value : null;

/** A value as one line for a terminal, which would obey control characters in what people wrote. */
export const printable = (value: string | number | null): string => oneLine(String(value ?? '-'));

/** Writes one line. Whoever wrote a part of it, such as a place of the log in its error, cannot add a line or command the terminal (T48). */
export const writeLine = (line: string): void => void process.stdout.write(`${oneLine(line)}\n`);

/** Writes lines like `writeLine`, and keeps the styles in them. */
export const writeStyled = (lines: readonly string[]): void =>
  lines.forEach((line) => {
    const parts = partsOf(line).map(({ text, isStyle }) => (isStyle ? text : oneLine(text)));
    process.stdout.write(`${parts.join('')}\n`);
  });

/** Writes one line of JSON, which stays the same value. */
export const writeJson = (json: string): void => writeLine(escapeHidden(json));

/** A time for people at a terminal, in UTC and to the second. */
export const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + 'Z';
export const rfc3339 = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();
