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

/** After so many rows it is seen again whether the reader may have the rest. A story is read after that, so it is seen before each one. */
const ROWS_BETWEEN_LOOKS = 50;

type ExportOptions = Readonly<{
  format: ExportFormat;
  /** Whether the reader may still see what the question may answer. A download can take long, and a role or a session ends on time. */
  isAllowed: () => Promise<boolean>;
}>;

/** The requests of a question line by line, the newest first. However many there are, one page of them is in memory. */
export async function* exportLines(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  question: RequestQuestion,
  { format, isAllowed }: ExportOptions,
): AsyncGenerator<string> {
  if (format === 'csv') yield* csvLines([], REQUEST_COLUMNS);
  let rows = 0;
  for await (const row of requestRows(ledger, question)) {
    const isDue = format === 'ocsf' || rows % ROWS_BETWEEN_LOOKS === 0;
    rows += 1;
    if (isDue && !(await isAllowed()))
      throw new Error('a download was cut off, because the rights of its reader changed');
    if (format === 'csv') yield* csvLines([row], REQUEST_COLUMNS).slice(1);
    else if (format === 'jsonl') yield JSON.stringify(row);
    else
      for (const activity of await requestActivities(ledger, row.id)) yield JSON.stringify(ocsfOf(activity));
  }
}
