import { join } from 'node:path';
import { escapeHidden } from '../../core/text.ts';
import type { AuditRow, AuditView, LogSnapshot } from '../../ledger/index.ts';
import { csvLines } from '../csv.ts';
import { lineWriter } from '../export.ts';
import { answerRows } from '../questions/index.ts';
import { type EvidenceAsked, type EvidenceName, evidenceQuery } from './questions.ts';

/** The columns of a view, in the order in which people and programs read them. */
export type ColumnsOf = (view: AuditView) => readonly string[];

/**
 * Writes the answer to a question as CSV and as JSON lines into a folder, and calls `visit` with each row. Whatever the size of the
 * answer, a page of it is in memory. Returns how many rows it has.
 */
export async function writeAnswer(
  snapshot: Pick<LogSnapshot, 'auditPage'>,
  { name, asked, folder }: Readonly<{ name: EvidenceName; asked: EvidenceAsked; folder: string }>,
  { columnsOf, visit }: Readonly<{ columnsOf: ColumnsOf; visit: (row: AuditRow) => void }>,
): Promise<number> {
  const query = evidenceQuery(name, asked);
  const columns = columnsOf(query.view);
  const csv = lineWriter(join(folder, `${name}.csv`));
  const jsonl = lineWriter(join(folder, `${name}.jsonl`));
  let count = 0;
  await csv.write(csvLines([], columns)[0] ?? '');
  for await (const row of answerRows(snapshot, query)) {
    await csv.write(csvLines([row], columns)[1] ?? '');
    await jsonl.write(jsonLine(row));
    visit(row);
    count += 1;
  }
  await Promise.all([csv.end(), jsonl.end()]);
  return count;
}

/** A row as a line of JSON. */
export const jsonLine = (value: object): string => escapeHidden(JSON.stringify(value));
