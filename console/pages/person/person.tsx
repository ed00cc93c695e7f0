import type { FC } from 'hono/jsx';
import { formatDuration } from '../../../core/duration.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import { oneLine } from '../../../core/text.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import type { RoleOfPerson, Route } from '../../../policy/index.ts';
import { movedTo, type PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import { Entitlement, Person, personPath, RequestLink } from '../../parts/names.tsx';
import { AllOfThem, OPEN_STATES, PageLinks, partFrom, partNote } from '../../parts/page-links.tsx';
import { ApproversOfStages, REQUEST_COLUMNS } from '../../parts/request-columns.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { accessAddress } from '../access/question.ts';
import { Locks } from './locks.tsx';
import { readEndAll } from './read-end-all.ts';
import { MOST_ROUTES, type PersonAnswer, readPerson } from './read-person.ts';
import { UngrantedSection } from './ungranted.tsx';

/** `/people/<id>`: what a person has, had, may request and approved. */
export const personPage: PageHandler = async (c, deps, { reader, names }) => {
  const { id: typed = '' } = c.req.param();
  const answer = await readPerson(deps, reader, { typed, from: partFrom(c.req.query('from')) });
  // A security person may end what they may not see otherwise.
  if (!answer && (await readEndAll(deps, reader, typed))) return movedTo(`${personPath(typed)}/end`);
  if (!answer)
    return {
      ...{ kind: 'refused', title: 'There is nobody of this name whom you can see', status: 404 },
      content: <p>You can see yourself, and the people whose manager you are. Auditors can see everybody.</p>,
    };
  const { id } = answer;
  return {
    ...{ kind: 'page', title: names.person(id) },
    content: <PersonPage answer={answer} />,
    reading: { address: personPath(id), isOwn: id === reader.person },
  };
};

const PersonPage: FC<Readonly<{ answer: PersonAnswer }>> = ({ answer }) => {
  const { id, open, openCount, closed, closedCount, routes, isPolicyRead, approvals, mayEndAll } = answer;
  const { from, shown, count } = routes;
  const own = id === usePage().reader.person;
  const they = own ? 'you' : 'they';
  const { what, state, end, approvedBy, request } = REQUEST_COLUMNS;
  const columns = [what, state, end, approvedBy, request];
  return (
    <>
      <PersonFacts answer={answer} />
      <Locks locks={answer.locks} />
      <p class="links">
        <a href={accessAddress({ person: id })}>What {they} had, over time and at a moment</a>
        {mayEndAll && open.length > 0 && (
          <a href={`${personPath(id)}/end`}>{own ? 'End all of your access…' : 'End everything of them…'}</a>
        )}
      </p>
      <Section
        id="open"
        title={`Live and pending through Curfew ${partNote({ from: 0, shown: open.length }, openCount)}`}
      >
        <Table caption="Live and pending requests" columns={columns} rows={open} empty="Nothing." />
        {openCount > open.length && <AllOfThem search={`person:${id} ${OPEN_STATES}`} />}
      </Section>
      <UngrantedSection ungranted={answer.ungranted} />
      <Section
        id="closed"
        title={`Closed requests (${closedCount > closed.length ? `the last ${closed.length} of ` : ''}${closedCount})`}
      >
        <Table caption="Closed requests" columns={columns} rows={closed} empty="None yet." />
        {closedCount > closed.length && <AllOfThem search={`person:${id} state:closed`} />}
      </Section>
      <Section
        id="routes"
        title={`What ${they} may request, and who could approve it ${partNote({ from, shown: shown.length }, count)}`}
      >
        <Table
          caption="Requestable entitlements"
          columns={ROUTE_COLUMNS}
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
      </Section>
      {approvals && (
        <Section id="approvals" title={`What ${they} approved last`}>
          <Table
            caption="Approvals, the newest first"
            columns={APPROVAL_COLUMNS}
            rows={approvals}
            empty="Nothing yet."
          />
        </Section>
      )}
    </>
  );
};

const ROUTE_COLUMNS: readonly Column<Route>[] = [
  { name: 'Entitlement', of: ({ entitlement }) => <Entitlement id={entitlement.id} /> },
  { name: 'Class', of: ({ entitlement }) => entitlement.class },
  { name: 'At most', of: ({ entitlement }) => formatDuration(entitlement.longest) },
  { name: 'Approvers', of: ({ stages }) => <ApproversOfStages stages={stages} /> },
];

const APPROVAL_COLUMNS: readonly Column<AuditRow>[] = [
  { name: 'When', of: ({ at }) => <Time at={Date.parse(String(at)) as Instant} seconds /> },
  { name: 'For', of: ({ requester }) => <Person id={String(requester) as PersonId} /> },
  { name: 'What', of: ({ entitlement }) => <Entitlement id={String(entitlement)} /> },
  { name: 'Kind', of: ({ approved }) => String(approved) },
  {
    name: 'After',
    isNumber: true,
    of: ({ seconds }) => (seconds === null ? '' : `${Math.round(Number(seconds))} s`),
  },
  { name: 'Request', of: ({ request_id: id }) => <RequestLink id={String(id)} /> },
];

/** Who a person is, and which roles of Curfew they have. */
const PersonFacts: FC<Readonly<{ answer: PersonAnswer }>> = ({ answer: { id, person, roles } }) => (
  <Facts
    of={[
      ['Id', <code>{id}</code>],
      ['Person', person === undefined && 'Not in people.yaml any more.'],
      ['Title', person?.title !== undefined && oneLine(person.title)],
      ['Manager', person?.manager !== undefined && <Person id={person.manager} />],
      [
        'Accounts',
        person &&
          Object.entries(person.accounts).map(([system, accounts]) => (
            <div>
              {oneLine(system)}: {accounts.map(oneLine).join(', ')}
            </div>
          )),
      ],
      ['Roles of Curfew', person && roles.length > 0 && roles.map((each) => <RoleOf {...each} />)],
      ['State', person?.active === false && 'Left. They can neither request nor approve.'],
    ]}
  />
);

const RoleOf: FC<RoleOfPerson> = ({ role, by }) =>
  by === 'catalogue' ? (
    <div>{role}, permanently by catalogue.yaml</div>
  ) : (
    <div>
      {role}, until <Time at={by.until} /> by <RequestLink id={by.request} />
    </div>
  );
