import type { FC } from 'hono/jsx';
import { formatDuration } from '../../../core/duration.ts';
import { oneLine } from '../../../core/text.ts';
import type { Entitlement, Requester } from '../../../policy/index.ts';
import type { PageContext } from '../../page.tsx';
import { entitlementPath, type Names, Person } from '../../parts/names.tsx';
import {
  approvedByColumn,
  ApproversOfStages,
  endColumn,
  People,
  requestColumn,
  stateColumn,
  whoColumn,
} from '../../parts/request-columns.tsx';
import { AllOfThem, OPEN_STATES, PageLinks } from '../../parts/page-links.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Targets } from '../../parts/targets.tsx';
import { accessAddress } from '../access/question.ts';
import type { EntitlementAnswer } from './read-entitlement.ts';

type EntitlementProps = Readonly<{ context: PageContext; answer: EntitlementAnswer; names: Names }>;

/** What an entitlement gives, who may request and approve it, and who has it. */
export const EntitlementPage: FC<EntitlementProps> = ({ context, answer, names }) => {
  const { id, entitlement, ownRoute, isPolicyRead, open, requesters } = answer;
  return (
    <>
      {entitlement === undefined ? (
        <p>It is not in the catalogue any more.</p>
      ) : (
        <EntitlementFacts entitlement={entitlement} />
      )}
      <p>
        {!isPolicyRead ? (
          'The policy files cannot be read now, so nobody can request it.'
        ) : ownRoute === undefined ? (
          'You may not request it.'
        ) : (
          <>
            You may request it.{' '}
            {ownRoute.stages.map(({ approvers, needs }) => (
              <>
                {needs > 1 ? `${needs} of these people must approve: ` : 'One of these people must approve: '}
                <People ids={approvers.map(({ person }) => person)} names={names} />.
              </>
            ))}
          </>
        )}
      </p>
      {open === undefined ? (
        <p class="soft">Its owner, the people who can approve it, and the auditors can see who has it.</p>
      ) : (
        <section aria-labelledby="open">
          <h2 id="open">Who has it, and who waits for it ({open.count})</h2>
          <Table
            caption="Live and pending requests"
            columns={[
              ...[whoColumn(names), stateColumn(context.now), endColumn(context)],
              ...[approvedByColumn(names), requestColumn],
            ]}
            rows={open.requests}
            empty="Nobody has it through Curfew now."
          />
          {open.count > open.requests.length && <AllOfThem search={`entitlement:${id} ${OPEN_STATES}`} />}
          <p class="links">
            <a href={accessAddress({ entitlement: id })}>Who had it, over time and at a moment</a>
          </p>
        </section>
      )}
      {requesters && isPolicyRead && entitlement !== undefined && (
        <Requesters of={requesters} names={names} />
      )}
    </>
  );
};

const EntitlementFacts: FC<Readonly<{ entitlement: Entitlement }>> = ({ entitlement }) => {
  const { id, about, class: sensitivity, usual, longest, targets, synonyms } = entitlement;
  return (
    <>
      {about !== undefined && <p class="lead">{oneLine(about)}</p>}
      <dl class="facts">
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        {synonyms.length > 0 && (
          <>
            <dt>Also called</dt>
            <dd>{synonyms.map(oneLine).join(', ')}</dd>
          </>
        )}
        <dt>Class</dt>
        <dd>{sensitivity}</dd>
        <dt>Length</dt>
        <dd>
          usually {formatDuration(usual)}, at most {formatDuration(longest)}
        </dd>
      </dl>
      <section aria-labelledby="targets">
        <h2 id="targets">What it gives</h2>
        <Targets targets={targets} />
      </section>
    </>
  );
};

/** The people of one page who may request an entitlement. `from`: how many of them are on the pages before. */
export type RequestersOfPage = Readonly<{
  entitlement: string;
  from: number;
  count: number;
  requesters: readonly Requester[];
}>;

/** So many are on one page. */
export const MOST_REQUESTERS = 50;

/** Who may request an entitlement, and who could approve it for each. */
export const Requesters: FC<Readonly<{ of: RequestersOfPage; names: Names }>> = ({
  of: { entitlement, from, count, requesters },
  names,
}) => {
  const pathFrom = (next: number) =>
    `${entitlementPath(entitlement)}${next === 0 ? '' : `?from=${next}`}#requesters`;
  return (
    <section aria-labelledby="requesters">
      <h2 id="requesters">Who may request it, and who could approve it for them ({count})</h2>
      <Table caption="Who may request it" columns={columnsOf(names)} rows={requesters} empty="Nobody." />
      <PageLinks
        part={{ from, shown: requesters.length, hasMore: from + requesters.length < count }}
        size={MOST_REQUESTERS}
        hrefFrom={pathFrom}
        what="people"
      />
    </section>
  );
};

const columnsOf = (names: Names): readonly Column<Requester>[] => [
  { name: 'Who', of: ({ person }) => <Person id={person} names={names} /> },
  { name: 'Approvers', of: ({ stages }) => <ApproversOfStages stages={stages} names={names} /> },
];
