import { csvLines } from '../../../audit/csv.ts';
import { countRequests, type RequestQuestion, requestRows } from '../../../audit/questions/index.ts';
import { LONGEST_SEARCH, suggestions } from '../../../audit/search/index.ts';
import { ocsfOf } from '../../../audit/stream/ocsf.ts';
import { requestActivities } from '../../../audit/stream/request-activities.ts';
import { REQUEST_COLUMNS } from '../../../core/request/list-row.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { streamLines } from '../../downloads/stream-body.ts';
import { type Handler, MISSING } from '../../page-answer.ts';
import { isStillReader } from '../../reader.ts';
import { recordReading } from '../../readings.ts';
import { idHashIn } from '../../sign-in/cookies.ts';
import { aboutStories, askedSearch, namesFor, recordedText } from './search.ts';

const NDJSON = 'application/x-ndjson; charset=utf-8';

/** The formats in which the requests of a search can be downloaded. */
export const EXPORTS = {
  csv: { name: 'CSV', type: 'text/csv; charset=utf-8', ending: 'csv' },
  jsonl: { name: 'JSONL', type: NDJSON, ending: 'jsonl' },
  ocsf: { name: 'their events as OCSF', type: NDJSON, ending: 'jsonl' },
} as const;
export type ExportFormat = keyof typeof EXPORTS;

const isExportFormat = (text: string): text is ExportFormat => Object.hasOwn(EXPORTS, text);

/** `/requests/export`: the requests of a search as a file. */
export const requestsExport: Handler = async (c, deps) => {
  const { ledger } = deps;
  const reader = c.get('reader');
  const { q = '', format = '' } = c.req.query();
  const policy = await deps.policy.lastKnown();
  const asked = askedSearch(q, reader, { now: await ledger.now(), known: namesFor(policy, reader) });
  if (!asked.ok || !isExportFormat(format)) return MISSING;
  const { search, question } = asked.value;
  const found = await countRequests(ledger, question);
  const text = recordedText(search, policy, { found });
  const address = `/requests/export?${new URLSearchParams({ q: text, format }).toString()}`;
  await recordReading(deps, reader, { address, isOwn: false, kind: 'export' });
  const { type, ending } = EXPORTS[format];
  c.header('content-type', type);
  c.header('content-disposition', `attachment; filename="requests.${ending}"`);
  const exported = format === 'ocsf' ? aboutStories(question, reader) : question;
  const idHash = idHashIn(c, '__Host-curfew-session');
  const isAllowed = () => isStillReader(deps, idHash, reader);
  return c.body(streamLines(exportLines(deps, exported, { format, isAllowed }), deps));
};

/** `/suggestions`: the whole line of the search with each suggestion at the caret. It has names that the reader can search only. */
export const suggestionsAt: Handler = async (c, { policy }) => {
  const { q = '', caret = '' } = c.req.query();
  const typed = q.slice(0, LONGEST_SEARCH);
  const known = namesFor(await policy.lastKnown(), c.get('reader'));
  const { from, to, options } = suggestions(typed, Number.parseInt(caret, 10) || typed.length, known);
  return c.json(
    options.map(({ text, means }) => ({ means, text: typed.slice(0, from) + text + typed.slice(to) })),
  );
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
async function* exportLines(
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
