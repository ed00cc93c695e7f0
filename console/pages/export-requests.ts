import { csvLines } from '../../audit/csv.ts';
import { type RequestQuestion, requestRows } from '../../audit/questions/index.ts';
import { ocsfOf } from '../../audit/stream/ocsf.ts';
import { requestActivities } from '../../audit/stream/request-activities.ts';
import { REQUEST_COLUMNS } from '../../core/request/list-row.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { ExportFormat } from './requests/requests.tsx';

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
  ocsf: 'application/x-ndjson; charset=utf-8',
};

/** The session and the rights of the reader are checked before each 50 rows, and when a second has passed since the last check. */
const ROWS_BETWEEN_CHECKS = 50;
const MS_BETWEEN_CHECKS = 1000;

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
  let checkedAt = 0;
  for await (const row of requestRows(ledger, question)) {
    if (rows % ROWS_BETWEEN_CHECKS === 0 || performance.now() - checkedAt > MS_BETWEEN_CHECKS) {
      if (!(await isAllowed()))
        throw new Error('a download was cut off, because the session or the rights of its reader changed');
      checkedAt = performance.now();
    }
    rows += 1;
    if (format === 'csv') yield* csvLines([row], REQUEST_COLUMNS).slice(1);
    else if (format === 'jsonl') yield JSON.stringify(row);
    else
      for (const activity of await requestActivities(ledger, row.id)) yield JSON.stringify(ocsfOf(activity));
  }
}
