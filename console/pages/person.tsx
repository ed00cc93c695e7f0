import type { FC } from 'hono/jsx';
import { formatDuration } from '../../core/duration.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditRow } from '../../ledger/index.ts';
import type { Route } from '../../policy/index.ts';
import type { PageContext } from '../page-context.ts';
import { ApproversOfStages } from '../parts/approvers-of-stages.tsx';
import { Entitlement, type Names, Person as PersonLink, personPath, RequestLink } from '../parts/names.tsx';
import {
  approvedByColumn,
  endColumn,
  requestColumn,
  stateColumn,
  whatColumn,
} from '../parts/request-columns.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { accessAddress } from './access-question.ts';
import { PersonFacts } from './person-facts.tsx';
import type { PersonAnswer } from './read-person.ts';

type PersonProps = Readonly<{ context: PageContext; answer: PersonAnswer; names: Names }>;

/** What a person has, had, may request and approved. */
export const PersonPage: FC<PersonProps> = ({ context, answer, names }) => {
  const { id, open, closed, closedCount, routes, isPolicyRead, approvals, mayEndAll } = answer;
  const columns = [
    ...[whatColumn(names), stateColumn(context.now), endColumn(context)],
    ...[approvedByColumn(names), requestColumn],
  ];
  return (
    <>
      <PersonFacts answer={answer} names={names} zone={context.reader.zone} />
      <p class="links">
        <a href={accessAddress({ person: id })}>What they had, over time and at a moment</a>
        {mayEndAll && open.length > 0 && <a href={`${personPath(id)}/end`}>End everything of them…</a>}
      </p>
      <section aria-labelledby="open">
        <h2 id="open">Live and pending ({open.length})</h2>
        <Table caption="Live and pending requests" columns={columns} rows={open} empty="Nothing." />
      </section>
      <section aria-labelledby="closed">
        <h2 id="closed">
          Closed requests{' '}
          {closedCount > closed.length ? `(the last ${closed.length} of ${closedCount})` : `(${closedCount})`}
        </h2>
        <Table caption="Closed requests" columns={columns} rows={closed} empty="None yet." />
      </section>
      <section aria-labelledby="routes">
        <h2 id="routes">What they may request, and who could approve it {shownOf(routes.length)}</h2>
        <Table
          caption="Requestable entitlements"
          columns={routeColumns(names)}
          rows={routes.slice(0, MOST_ROUTES)}
          empty={
            isPolicyRead ? 'Nothing.' : 'The policy files cannot be read now, so nobody can request anything.'
          }
        />
        {routes.length > MOST_ROUTES && (
          <p class="soft">
            The page of each other entitlement says who could approve it. A search for its name leads there.
          </p>
        )}
      </section>
      {approvals && (
        <section aria-labelledby="approvals">
          <h2 id="approvals">What they approved last</h2>
          <Table
            caption="Approvals, the newest first"
            columns={approvalColumns(names, context.reader.zone)}
            rows={approvals}
            empty="Nothing yet."
          />
        </section>
      )}
    </>
  );
};

/** So many entitlements are listed. Somebody may request hundreds, and the page must stay small. */
const MOST_ROUTES = 25;

const shownOf = (count: number): string =>
  count > MOST_ROUTES ? `(the first ${MOST_ROUTES} of ${count})` : `(${count})`;

const routeColumns = (names: Names): readonly Column<Route>[] => [
  { name: 'Entitlement', of: ({ entitlement }) => <Entitlement id={entitlement.id} names={names} /> },
  { name: 'Class', of: ({ entitlement }) => entitlement.class },
  { name: 'At most', of: ({ entitlement }) => formatDuration(entitlement.longest) },
  {
    name: 'Approvers',
    of: ({ stages }) => <ApproversOfStages stages={stages} names={names} />,
  },
];

const approvalColumns = (names: Names, zone: string): readonly Column<AuditRow>[] => [
  { name: 'When', of: ({ at }) => <Time at={Date.parse(String(at)) as Instant} zone={zone} seconds /> },
  { name: 'For', of: ({ requester }) => <PersonLink id={String(requester) as PersonId} names={names} /> },
  { name: 'What', of: ({ entitlement }) => <Entitlement id={String(entitlement)} names={names} /> },
  { name: 'Kind', of: ({ approved }) => String(approved) },
  {
    name: 'After',
    isNumber: true,
    of: ({ seconds }) => (seconds === null ? '' : `${Math.round(Number(seconds))} s`),
  },
  { name: 'Request', of: ({ request_id: id }) => <RequestLink id={String(id)} /> },
];
