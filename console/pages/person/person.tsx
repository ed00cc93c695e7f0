import type { FC } from 'hono/jsx';
import { formatDuration } from '../../../core/duration.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import type { RoleOfPerson, Route } from '../../../policy/index.ts';
import { oneLine } from '../../../core/text.ts';
import type { PageContext } from '../../page.tsx';
import {
  approvedByColumn,
  ApproversOfStages,
  endColumn,
  requestColumn,
  stateColumn,
  whatColumn,
} from '../../parts/request-columns.tsx';
import {
  Entitlement,
  type Names,
  Person as PersonLink,
  personPath,
  RequestLink,
} from '../../parts/names.tsx';
import { AllOfThem, OPEN_STATES, PageLinks, partNote } from '../../parts/page-links.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { accessAddress } from '../access/question.ts';
import { Locks } from './locks.tsx';
import { MOST_ROUTES, type PersonAnswer } from './read-person.ts';
import { UngrantedSection } from './ungranted.tsx';

type PersonProps = Readonly<{ context: PageContext; answer: PersonAnswer; names: Names }>;

/** What a person has, had, may request and approved. */
export const PersonPage: FC<PersonProps> = ({ context, answer, names }) => {
  const { id, open, openCount, closed, closedCount, routes, isPolicyRead, approvals, mayEndAll } = answer;
  const { from, shown, count } = routes;
  const own = id === context.reader.person;
  const they = own ? 'you' : 'they';
  const columns = [
    ...[whatColumn(names), stateColumn(context.now), endColumn(context)],
    ...[approvedByColumn(names), requestColumn],
  ];
  return (
    <>
      <PersonFacts answer={answer} names={names} zone={context.reader.zone} />
      <Locks locks={answer.locks} names={names} zone={context.reader.zone} />
      <p class="links">
        <a href={accessAddress({ person: id })}>What {they} had, over time and at a moment</a>
        {mayEndAll && open.length > 0 && (
          <a href={`${personPath(id)}/end`}>{own ? 'End all of your access…' : 'End everything of them…'}</a>
        )}
      </p>
      <section aria-labelledby="open">
        <h2 id="open">
          Live and pending through Curfew {partNote({ from: 0, shown: open.length }, openCount)}
        </h2>
        <Table caption="Live and pending requests" columns={columns} rows={open} empty="Nothing." />
        {openCount > open.length && <AllOfThem search={`person:${id} ${OPEN_STATES}`} />}
      </section>
      <UngrantedSection ungranted={answer.ungranted} zone={context.reader.zone} />
      <section aria-labelledby="closed">
        <h2 id="closed">
          Closed requests{' '}
          {closedCount > closed.length ? `(the last ${closed.length} of ${closedCount})` : `(${closedCount})`}
        </h2>
        <Table caption="Closed requests" columns={columns} rows={closed} empty="None yet." />
        {closedCount > closed.length && <AllOfThem search={`person:${id} state:closed`} />}
      </section>
      <section aria-labelledby="routes">
        <h2 id="routes">
          What {they} may request, and who could approve it {partNote({ from, shown: shown.length }, count)}
        </h2>
        <Table
          caption="Requestable entitlements"
          columns={routeColumns(names)}
          rows={shown}
          empty={
            isPolicyRead ? 'Nothing.' : 'The policy files cannot be read now, so nobody can request anything.'
          }
        />
        <PageLinks
          part={{ from, shown: shown.length, hasMore: from + shown.length < count }}
          size={MOST_ROUTES}
          hrefFrom={(next) => `${personPath(id)}${next === 0 ? '' : `?from=${next}`}#routes`}
          what="entitlements"
        />
      </section>
      {approvals && (
        <section aria-labelledby="approvals">
          <h2 id="approvals">What {they} approved last</h2>
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

/** Who a person is, and which roles of Curfew they have. */
export const PersonFacts: FC<Readonly<{ answer: PersonAnswer; names: Names; zone: string }>> = ({
  answer: { id, person, roles },
  names,
  zone,
}) => (
  <dl class="facts">
    <dt>Id</dt>
    <dd>
      <code>{id}</code>
    </dd>
    {person === undefined ? (
      <>
        <dt>Person</dt>
        <dd>Not in people.yaml any more.</dd>
      </>
    ) : (
      <>
        {person.title !== undefined && (
          <>
            <dt>Title</dt>
            <dd>{oneLine(person.title)}</dd>
          </>
        )}
        {person.manager !== undefined && (
          <>
            <dt>Manager</dt>
            <dd>
              <PersonLink id={person.manager} names={names} />
            </dd>
          </>
        )}
        <dt>Accounts</dt>
        <dd>
          {Object.entries(person.accounts).map(([system, accounts]) => (
            <div>
              {oneLine(system)}: {accounts.map(oneLine).join(', ')}
            </div>
          ))}
        </dd>
        {roles.length > 0 && (
          <>
            <dt>Roles of Curfew</dt>
            <dd>
              {roles.map((each) => (
                <RoleOf {...{ ...each, zone }} />
              ))}
            </dd>
          </>
        )}
        {!person.active && (
          <>
            <dt>State</dt>
            <dd>Left. They can neither request nor approve.</dd>
          </>
        )}
      </>
    )}
  </dl>
);

const RoleOf: FC<RoleOfPerson & Readonly<{ zone: string }>> = ({ role, by, zone }) =>
  by === 'catalogue' ? (
    <div>{role}, permanently by catalogue.yaml</div>
  ) : (
    <div>
      {role}, until <Time at={by.until} zone={zone} /> by <RequestLink id={by.request} />
    </div>
  );
