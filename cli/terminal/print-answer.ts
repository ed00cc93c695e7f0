import { once } from 'node:events';
import { answerPage, answerRows, incompleteBefore, reachesBefore } from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import { escapeHidden } from '../../core/text.ts';
import { AUDIT_VIEWS, type AuditQuery, type AuditRow, type Ledger } from '../../ledger/index.ts';
import { USUAL_LIMIT } from '../list/filter-options.ts';
import { targetWords } from '../../wording/target-name.ts';
import { csvLines } from '../../audit/csv.ts';
import { type Format, formatOf, type OutputOptions, print, utc, writeLine } from './output.ts';

/** What `addAnswerOptions` adds. */
export type AnswerOptions = OutputOptions & Readonly<{ limit?: number; after?: string }>;

/** How a table shows an answer: some columns with their headings, and the line when there is no row. */
export type AnswerTable = Readonly<{
  columns: Readonly<Record<string, string>>;
  empty: string;
}>;

/** Prints the answer to a question. Programs get every row, one page in memory at a time. People get a page of it. */
export async function printAnswer(
  ledger: Ledger,
  query: AuditQuery,
  options: AnswerOptions,
  table: AnswerTable,
): Promise<void> {
  const format = formatOf(options);
  await sayWhatIsPurged(ledger, query);
  if (format === 'table') return printTable(ledger, query, options, table);
  const rows = limited(answerRows(ledger, query, options.after), options.limit ?? Infinity);
  await stream(rows, format, AUDIT_VIEWS[query.view]);
}

/** On the standard error, because it is no row of the answer. */
async function sayWhatIsPurged(ledger: Ledger, query: AuditQuery): Promise<void> {
  const time = await incompleteBefore(ledger);
  if (time !== undefined && reachesBefore(query, time)) sayNotWhole(time);
}

/** Says that the answer lacks what was removed of the time before. */
export function sayNotWhole(time: Instant): void {
  process.stderr.write(
    `Old requests were removed from this ledger, so the answer is not whole for times before ${utc(time)}.\n"curfew audit purges" lists what was removed. The exports of the log have it.\n`,
  );
}

async function printTable(
  ledger: Ledger,
  query: AuditQuery,
  { limit = USUAL_LIMIT, after }: AnswerOptions,
  { columns, empty }: AnswerTable,
): Promise<void> {
  const { rows, next } = await answerPage(ledger, query, { after, most: limit });
  print(rows.map(forPeople), 'table', columns, after === undefined ? empty : 'No more rows.');
  if (next !== undefined) ['', `More: add --after "${next}"`].forEach(writeLine);
}

const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Times to the second, lists as one text, and targets in words. */
export const forPeople = (row: AuditRow): AuditRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && TIME.test(value)
        ? utc(Date.parse(value))
        : Array.isArray(value)
          ? value.join(', ')
          : name === 'target_name'
            ? targetWords(String(value))
            : value,
    ]),
  );

/** At most so many rows. */
export async function* limited(rows: AsyncIterable<AuditRow>, most: number): AsyncGenerator<AuditRow> {
  let count = 0;
  if (count >= most) return;
  for await (const row of rows) {
    yield row;
    if ((count += 1) >= most) return;
  }
}

/** Writes each row when it is read, so that an answer of any size needs the memory of one page. */
export async function stream(
  rows: AsyncIterable<AuditRow>,
  format: Exclude<Format, 'table'>,
  columns: readonly string[],
): Promise<void> {
  let count = 0;
  if (format === 'csv') await write(`${csvLines([], columns)[0] ?? ''}\n`);
  for await (const row of rows) {
    const before = count === 0 ? '[\n' : ',\n';
    count += 1;
    if (format === 'csv') await write(`${csvLines([row], columns)[1] ?? ''}\n`);
    else if (format === 'jsonl') await write(`${escapeHidden(JSON.stringify(row))}\n`);
    else await write(before + escapeHidden(JSON.stringify([row], null, 2)).slice(2, -2));
  }
  if (format === 'json') await write(count === 0 ? '[]\n' : '\n]\n');
}

/** Waits while whoever reads the output is slower than the ledger. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
