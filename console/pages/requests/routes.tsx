import { Hono } from 'hono';
import {
  countRequests,
  requestPage,
  type RequestQuestion,
  requestRows,
} from '../../../audit/questions/index.ts';
import { LONGEST_SEARCH, suggestions, unknownValues } from '../../../audit/search/index.ts';
import { PAGE_PLACE, REQUEST_COLUMNS } from '../../../core/request/list-row.ts';
import { csvLines } from '../../../audit/csv.ts';
import { ocsfOf } from '../../../audit/stream/ocsf.ts';
import { requestActivities } from '../../../audit/stream/request-activities.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { isStillReader } from '../../reader.ts';
import { recordReading } from '../../readings.ts';
import {
  aboutStories,
  askedSearch,
  namesFor,
  readSearched,
  recordedText,
  requestsAddress,
} from './search.ts';
import { idHashIn } from '../../sign-in/cookies.ts';
import { streamLines } from '../../downloads/stream-body.ts';
import { type ExportFormat, EXPORTS, Mistakes, RequestsPage, Searched, SearchHelp } from './requests.tsx';

const ROWS_OF_A_PAGE = 50;
const TITLE = 'Requests';

/** `/requests`, and its export. */
export function requestsRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  const { ledger } = deps;

  app.get('/requests', async (c) => {
    const { reader, now, address } = await pageContext(c, deps);
    const { q = '', ...place } = c.req.query();
    const policy = await deps.policy.lastKnown();
    const known = namesFor(policy, reader);
    const asked = askedSearch(q, reader, { now, known });
    if (!asked.ok)
      return showPage(
        c,
        <Page title={TITLE} search={q} {...{ reader, address }}>
          <Mistakes mistakes={asked.error} />
          <SearchHelp open />
        </Page>,
        400,
      );
    const { text, question, search } = asked.value;
    const { after, before } = placeIn(place);
    const canonical = requestsAddress({ text, after, before });
    if (canonical !== address) return c.redirect(canonical, 303);
    const [page, count, searched] = await Promise.all([
      requestPage(ledger, question, { most: ROWS_OF_A_PAGE, after, before }),
      countRequests(ledger, question),
      readSearched(deps, reader, search),
    ]);
    const names = namesOf(policy);
    const isWhole = page.rows.length === count && page.rows.every(({ person }) => person === reader.person);
    const isOwn = isAbout(search.is.person, reader.person) || (!reader.sight.isAuditor && isWhole);
    const recorded = requestsAddress({ text: recordedText(search, policy, { found: count }), after, before });
    await recordReading(deps, reader, { address: recorded, isOwn });
    return showPage(
      c,
      <Page title={TITLE} search={text} {...{ reader, address }}>
        <SearchHelp />
        <Searched searched={searched} names={names} />
        <RequestsPage
          {...{ text, page, count, names, zone: reader.zone, seesAll: reader.sight.isAuditor }}
          unknown={count === 0 ? unknownValues(search.is, known) : []}
          sql={ledger.searchSql(question.search)}
        />
      </Page>,
    );
  });

  /** The whole line of the search with each suggestion at the caret. It has names that the reader can search only. */
  app.get('/suggestions', async (c) => {
    const { q = '', caret = '' } = c.req.query();
    const typed = q.slice(0, LONGEST_SEARCH);
    const known = namesFor(await deps.policy.lastKnown(), c.get('reader'));
    const { from, to, options } = suggestions(typed, Number.parseInt(caret, 10) || typed.length, known);
    return c.json(
      options.map(({ text, means }) => ({ means, text: typed.slice(0, from) + text + typed.slice(to) })),
    );
  });

  app.get('/requests/export', async (c) => {
    const { reader, now } = await pageContext(c, deps);
    const { q = '', format = '' } = c.req.query();
    const policy = await deps.policy.lastKnown();
    const asked = askedSearch(q, reader, { now, known: namesFor(policy, reader) });
    if (!asked.ok || !isExportFormat(format)) return c.notFound();
    const { search, question } = asked.value;
    const found = await countRequests(ledger, question);
    const text = recordedText(search, policy, { found });
    const address = `/requests/export?${new URLSearchParams({ q: text, format }).toString()}`;
    await recordReading(deps, reader, { address, isOwn: false, kind: 'export' });
    c.header('content-type', EXPORT_TYPES[format]);
    c.header('content-disposition', `attachment; filename="requests.${format === 'csv' ? 'csv' : 'jsonl'}"`);
    const exported = format === 'ocsf' ? aboutStories(question, reader) : question;
    const idHash = idHashIn(c, '__Host-curfew-session');
    const isAllowed = () => isStillReader(deps, idHash, reader);
    return c.body(streamLines(exportLines(deps, exported, { format, isAllowed }), deps));
  });
  return app;
}

const isAbout = (people: readonly string[] | undefined, person: string): boolean =>
  people?.length === 1 && people[0] === person;

const isExportFormat = (text: string): text is ExportFormat => Object.hasOwn(EXPORTS, text);

/** The page of an address. A place that no page named is the first page. */
function placeIn({ after, before }: Readonly<Record<string, string>>) {
  if (isPlace(before)) return { before };
  return isPlace(after) ? { after } : {};
}

function isPlace(text: string | undefined): text is string {
  const [, time] = PAGE_PLACE.exec(text ?? '') ?? [];
  return time !== undefined && !Number.isNaN(Date.parse(time));
}

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
