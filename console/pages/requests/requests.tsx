import type { FC } from 'hono/jsx';
import { KEYS, type Mistake, mistakeLine, type UnknownValue } from '../../../audit/search/index.ts';
import { MOST_COUNTED } from '../../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import { oneLine } from '../../../core/text.ts';
import type { RequestPage, RequestRow } from '../../../ledger/index.ts';
import { Entitlement, type Names, Person, personPath, RequestLink } from '../../parts/names.tsx';
import { People } from '../../parts/request-columns.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { requestsAddress, type SearchedSubjects } from './search.ts';

/** The formats in which the requests of a search can be downloaded. */
export const EXPORTS = {
  csv: 'CSV',
  jsonl: 'JSONL',
  ocsf: 'their events as OCSF',
} as const;
export type ExportFormat = keyof typeof EXPORTS;

/** The keys whose values are people. A reader does not know them all. */
const PEOPLE: readonly string[] = ['person', 'approver'];

type RequestsProps = Readonly<{
  text: string;
  sql: string;
  page: RequestPage;
  count: number;
  /** What the search names and nobody knows, when it finds nothing. */
  unknown: readonly UnknownValue[];
  names: Names;
  zone: string;
  /** The command and the SQL find the requests of everybody, so only an auditor has the same answer there. */
  seesAll: boolean;
}>;

/** The requests that a search finds, the newest first. */
export const RequestsPage: FC<RequestsProps> = ({
  text,
  sql,
  page,
  count,
  unknown,
  names,
  zone,
  seesAll,
}) => (
  <>
    <p role="status">
      {count > MOST_COUNTED ? `More than ${MOST_COUNTED.toLocaleString('en')}` : count.toLocaleString('en')}{' '}
      {count === 1 ? 'request' : 'requests'}
    </p>
    <Table
      caption="Requests, the newest first"
      columns={columnsOf(names, zone)}
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
        {Object.entries(EXPORTS).map(([format, name]) => (
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

/** Why a search is not understood, each with what was perhaps meant. */
export const Mistakes: FC<Readonly<{ mistakes: readonly Mistake[] }>> = ({ mistakes }) => (
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
export const SearchHelp: FC<Readonly<{ open?: boolean }>> = ({ open = false }) => (
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

const columnsOf = (names: Names, zone: string): readonly Column<RequestRow>[] => [
  { name: 'When', of: ({ at }) => <Time at={instant(at)} zone={zone} /> },
  {
    name: 'Who',
    of: ({ person }) => (person === null ? '' : <Person id={person as PersonId} names={names} />),
  },
  {
    name: 'What',
    of: ({ entitlement }) => (entitlement === null ? '' : <Entitlement id={entitlement} names={names} />),
  },
  { name: 'At', of: ({ providers }) => providers.map(oneLine).join(', ') },
  { name: 'Class', of: ({ classes }) => classes.join(', ') },
  { name: 'State', of: (row) => <State row={row} /> },
  { name: 'Approved by', of: (row) => <People ids={row.approved_by as readonly PersonId[]} names={names} /> },
  {
    name: 'Until',
    // The approved end of a closed request says nothing any more: it may have ended long before.
    of: ({ ends_at: end, closed_at: closed }) => {
      const until = closed ?? end;
      return until === null ? '' : <Time at={instant(until)} zone={zone} />;
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
export const Searched: FC<Readonly<{ searched: SearchedSubjects; names: Names }>> = ({
  searched: { people, entitlements },
  names,
}) =>
  people.length + entitlements.length === 0 ? null : (
    <ul class="links" aria-label="Pages of what the search names">
      {people.map(({ id, maySee, mayEndAll }) => (
        <li>
          {maySee && <Person id={id} names={names} />}{' '}
          {mayEndAll && <a href={`${personPath(id)}/end`}>End everything of {oneLine(names.person(id))}…</a>}
        </li>
      ))}
      {entitlements.map((id) => (
        <li>
          <Entitlement id={id} names={names} />
        </li>
      ))}
    </ul>
  );
