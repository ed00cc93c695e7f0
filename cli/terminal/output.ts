import { Option } from 'commander';

export type Format = 'table' | 'json' | 'jsonl';

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print: for people, or for programs (RFC 3339 UTC times)')
    .choices(['table', 'json', 'jsonl'])
    .default('table');

export type Row = Readonly<Record<string, string | number | null>>;

/** Prints rows with stable field names. A table is for the eye: `columns` says which, and how they are headed. */
export function print(
  rows: readonly Row[],
  format: Format,
  columns: Readonly<Record<string, string>>,
  empty: string,
): void {
  if (format === 'json') return say(JSON.stringify(rows, null, 2));
  if (format === 'jsonl') return rows.forEach((row) => say(JSON.stringify(row)));
  if (rows.length === 0) return say(empty);
  const keys = Object.keys(columns);
  const lines = [
    keys.map((key) => columns[key] ?? key),
    ...rows.map((row) => keys.map((key) => cell(row[key]))),
  ];
  const widths = keys.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  for (const line of lines)
    say(
      line
        .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - [...text].length))
        .join('  ')
        .trimEnd(),
    );
}

// A terminal would obey control characters in what people wrote.
const cell = (value: Row[string] | undefined): string =>
  String(value ?? '-').replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u25af');

export const inTerminal = cell;

/** Our words for Slack, without its markup. What people wrote in them stays as they wrote it. */
export const fromSlack = (mrkdwn: string): string =>
  mrkdwn
    .replaceAll(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replaceAll(/`(?!\u2060)/g, '"')
    .replaceAll('\u2060', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A moment for people at a terminal, in UTC and to the second. */
export const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + 'Z';
export const rfc3339 = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();
