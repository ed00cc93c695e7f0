import type { FC } from 'hono/jsx';
import { countRequests, MOST_COUNTED, requestPage } from '../../../audit/questions/index.ts';
import {
  KEYS,
  type Mistake,
  mistakeLine,
  type UnknownValue,
  unknownValues,
} from '../../../audit/search/index.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import { PAGE_PLACE } from '../../../core/request/list-row.ts';
import { oneLine } from '../../../core/text.ts';
import type { RequestPage, RequestRow } from '../../../ledger/index.ts';
import { movedTo, type PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import { Entitlement, People, Person, personPath, RequestLink } from '../../parts/names.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { EXPORTS } from './export.ts';
import {
  askedSearch,
  namesFor,
  readSearched,
  recordedText,
  requestsAddress,
  type SearchedSubjects,
} from './search.ts';

const ROWS_OF_A_PAGE = 50;

/** `/requests` */
export const requestsPage: PageHandler = async (c, deps, { reader, now, address }) => {
  const { ledger } = deps;
  const { q = '', ...typedPlace } = c.req.query();
  const policy = await deps.policy.lastKnown();
  const known = namesFor(policy, reader);
  const asked = askedSearch(q, reader, { now, known });
  if (!asked.ok)
    return {
      ...{ kind: 'refused', search: q, status: 400 },
      content: [<Mistakes mistakes={asked.error} />, <SearchHelp open />],
    };
  const { text, question, search } = asked.value;
  const place = placeIn(typedPlace);
  const canonical = requestsAddress({ text, ...place });
  if (canonical !== address) return movedTo(canonical);
  const [page, count, searched] = await Promise.all([
    requestPage(ledger, question, { most: ROWS_OF_A_PAGE, ...place }),
    countRequests(ledger, question),
    readSearched(deps, reader, search),
  ]);
  const isWhole = page.rows.length === count && page.rows.every(({ person }) => person === reader.person);
  const isOwn = isAbout(search.is.person, reader.person) || (!reader.sight.isAuditor && isWhole);
  const recorded = requestsAddress({ text: recordedText(search, policy, { found: count }), ...place });
  return {
    ...{ kind: 'page', search: text, reading: { address: recorded, isOwn } },
    content: [
      <SearchHelp />,
      <Searched searched={searched} />,
      <RequestsPage
        {...{ text, page, count }}
        unknown={count === 0 ? unknownValues(search.is, known) : []}
        sql={ledger.searchSql(question.search)}
      />,
    ],
  };
};

const isAbout = (people: readonly string[] | undefined, person: string): boolean =>
  people?.length === 1 && people[0] === person;

/** The page of an address. A place that no page named is the first page. */
function placeIn({ after, before }: Readonly<Record<string, string>>) {
  if (isPlace(before)) return { before };
  return isPlace(after) ? { after } : {};
}

function isPlace(text: string | undefined): text is string {
  const [, time] = PAGE_PLACE.exec(text ?? '') ?? [];
  return time !== undefined && !Number.isNaN(Date.parse(time));
}

/** The keys whose values are people. A reader does not know them all. */
const PEOPLE: readonly string[] = ['person', 'approver'];

type RequestsProps = Readonly<{
  text: string;
  sql: string;
  page: RequestPage;
  count: number;
  /** What the search names and nobody knows, when it finds nothing. */
  unknown: readonly UnknownValue[];
}>;

/** The requests that a search finds, the newest first. */
const RequestsPage: FC<RequestsProps> = ({ text, sql, page, count, unknown }) => {
  // The command and the SQL find the requests of everybody, so only an auditor has the same answer there.
  const seesAll = usePage().reader.sight.isAuditor;
  return (
    <>
      <p role="status">
        {count > MOST_COUNTED ? `More than ${MOST_COUNTED.toLocaleString('en')}` : count.toLocaleString('en')}{' '}
        {count === 1 ? 'request' : 'requests'}
      </p>
      <Table
        caption="Requests, the newest first"
        columns={COLUMNS}
        rows={page.rows}
        empty="No request that you can see is like this."
      />
      {unknown
        .filter(({ key }) => seesAll || !PEOPLE.includes(key))
        .map(({ key, value, instead }) => (
          <p>
            The policy files have no {PEOPLE.includes(key) ? 'person' : key} “{value}”.
            {instead !== undefined && (
              <>
                {' '}
                Did you mean <a href={requestsAddress({ text: instead })}>{instead}</a>?
              </>
            )}
          </p>
        ))}
      <p class="links paging">
        {page.previous !== undefined && (
          <a href={requestsAddress({ text, before: page.previous })} rel="prev">
            Newer requests
          </a>
        )}
        {page.next !== undefined && (
          <a href={requestsAddress({ text, after: page.next })} rel="next">
            Older requests
          </a>
        )}
      </p>
      {count > 0 && (
        <p class="links">
          Download all of them:{' '}
          {Object.entries(EXPORTS).map(([format, { name }]) => (
            <a href={`/requests/export?${new URLSearchParams({ q: text, format }).toString()}`} download="">
              {name}
            </a>
          ))}
        </p>
      )}
      {seesAll && (
        <SameAnswerElsewhere
          same={{ command: `curfew audit requests${text === '' ? '' : ` '${text}'`}`, sql }}
        />
      )}
    </>
  );
};

/** Why a search is not understood, each with what was perhaps meant. */
const Mistakes: FC<Readonly<{ mistakes: readonly Mistake[] }>> = ({ mistakes }) => (
  <div class="notice notice--wrong" role="alert">
    <p>The search cannot be read.</p>
    <ul>
      {mistakes.map((mistake) => (
        <li>{mistakeLine(mistake)}</li>
      ))}
    </ul>
  </div>
);

/** What a search can say. */
const SearchHelp: FC<Readonly<{ open?: boolean }>> = ({ open = false }) => (
  <details open={open}>
    <summary>What a search can say</summary>
    <dl class="facts">
      {Object.entries(KEYS).map(([key, means]) => (
        <>
          <dt>
            <code>{key}:</code>
          </dt>
          <dd>{means}</dd>
        </>
      ))}
    </dl>
    <p>
      A word without a key is a person, an entitlement, a provider, or the last letters of an id. Several
      values of a key, with a comma between them, mean one of these.
    </p>
  </details>
);

const COLUMNS: readonly Column<RequestRow>[] = [
  { name: 'When', of: ({ at }) => <Time at={instant(at)} /> },
  {
    name: 'Who',
    of: ({ person }) => (person === null ? '' : <Person id={person as PersonId} />),
  },
  {
    name: 'What',
    of: ({ entitlement }) => (entitlement === null ? '' : <Entitlement id={entitlement} />),
  },
  { name: 'At', of: ({ providers }) => providers.map(oneLine).join(', ') },
  { name: 'Class', of: ({ classes }) => classes.join(', ') },
  { name: 'State', of: (row) => <State row={row} /> },
  { name: 'Approved by', of: (row) => <People ids={row.approved_by as readonly PersonId[]} /> },
  {
    name: 'Until',
    // The approved end of a closed request says nothing any more: it may have ended long before.
    of: ({ ends_at: end, closed_at: closed }) => {
      const until = closed ?? end;
      return until === null ? '' : <Time at={instant(until)} />;
    },
  },
  { name: 'Refused', isNumber: true, of: ({ refusals }) => (refusals === 0 ? '' : String(refusals)) },
  { name: 'Request', of: ({ id }) => <RequestLink id={id} /> },
];

const instant = (text: string): Instant => Date.parse(text) as Instant;

const SHAPES: Readonly<Record<RequestRow['state'], string>> = {
  pending: 'waiting',
  granting: 'live',
  active: 'live',
  revoking: 'live',
  closed: 'over',
  refused: 'over',
};

const State: FC<Readonly<{ row: RequestRow }>> = ({ row: { state, ending } }) => (
  <span class={`state state--${SHAPES[state]}`}>
    {state}
    {ending !== null && state === 'closed' && `: ${ending}`}
  </span>
);

/** Links to the pages of what the search names. */
const Searched: FC<Readonly<{ searched: SearchedSubjects }>> = ({ searched: { people, entitlements } }) =>
  people.length + entitlements.length === 0 ? null : (
    <ul class="links" aria-label="Pages of what the search names">
      {people.map(({ id, maySee, mayEndAll }) => (
        <li>
          {maySee && <Person id={id} />}{' '}
          {mayEndAll && (
            <a href={`${personPath(id)}/end`}>End everything of {oneLine(usePage().names.person(id))}…</a>
          )}
        </li>
      ))}
      {entitlements.map((id) => (
        <li>
          <Entitlement id={id} />
        </li>
      ))}
    </ul>
  );
