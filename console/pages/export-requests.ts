import { csvLines } from '../../audit/csv.ts';
import { type RequestQuestion, requestRows } from '../../audit/questions/index.ts';
import { ocsfOf } from '../../audit/stream/ocsf.ts';
import { requestActivities } from '../../audit/stream/request-activities.ts';
import { REQUEST_COLUMNS } from '../../core/request/list-row.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { ExportFormat } from './requests.tsx';

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
  ocsf: 'application/x-ndjson; charset=utf-8',
};

/** The requests of a question line by line, the newest first. However many there are, one page of them is in memory. */
export async function* exportLines(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  question: RequestQuestion,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield* csvLines([], REQUEST_COLUMNS);
  for await (const row of requestRows(ledger, question)) {
    if (format === 'csv') yield* csvLines([row], REQUEST_COLUMNS).slice(1);
    else if (format === 'jsonl') yield JSON.stringify(row);
    else
      for (const activity of await requestActivities(ledger, row.id)) yield JSON.stringify(ocsfOf(activity));
  }
}
