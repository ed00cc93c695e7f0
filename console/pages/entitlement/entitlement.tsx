import type { FC } from 'hono/jsx';
import { formatDuration } from '../../../core/duration.ts';
import { oneLine } from '../../../core/text.ts';
import type { Entitlement, Requester } from '../../../policy/index.ts';
import { MISSING, type PageHandler } from '../../page-answer.ts';
import { entitlementPath, People, Person } from '../../parts/names.tsx';
import { AllOfThem, OPEN_STATES, PageLinks, partFrom } from '../../parts/page-links.tsx';
import { ApproversOfStages, REQUEST_COLUMNS } from '../../parts/request-columns.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Targets } from '../../parts/targets.tsx';
import { accessAddress } from '../access/question.ts';
import {
  type EntitlementAnswer,
  MOST_REQUESTERS,
  readEntitlement,
  type RequestersOfPage,
} from './read-entitlement.ts';

/** `/entitlements/<id>`: what an entitlement gives, who may request and approve it, and who has it. */
export const entitlementPage: PageHandler = async (c, deps, { reader, names }) => {
  const { id: typed = '' } = c.req.param();
  const answer = await readEntitlement(deps, reader, { typed, from: partFrom(c.req.query('from')) });
  if (!answer) return MISSING;
  const { id, open } = answer;
  return {
    ...{ kind: 'page', title: names.entitlement(id) },
    content: <EntitlementPage answer={answer} />,
    reading: { address: entitlementPath(id), isOwn: open === undefined },
  };
};

const EntitlementPage: FC<Readonly<{ answer: EntitlementAnswer }>> = ({ answer }) => {
  const { id, entitlement, ownRoute, isPolicyRead, open, requesters } = answer;
  const { who, state, end, approvedBy, request } = REQUEST_COLUMNS;
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
                <People ids={approvers.map(({ person }) => person)} />.
              </>
            ))}
          </>
        )}
      </p>
      {open === undefined ? (
        <p class="soft">Its owner, the people who can approve it, and the auditors can see who has it.</p>
      ) : (
        <Section id="open" title={`Who has it, and who waits for it (${open.count})`}>
          <Table
            caption="Live and pending requests"
            columns={[who, state, end, approvedBy, request]}
            rows={open.requests}
            empty="Nobody has it through Curfew now."
          />
          {open.count > open.requests.length && <AllOfThem search={`entitlement:${id} ${OPEN_STATES}`} />}
          <p class="links">
            <a href={accessAddress({ entitlement: id })}>Who had it, over time and at a moment</a>
          </p>
        </Section>
      )}
      {requesters && isPolicyRead && entitlement !== undefined && <Requesters of={requesters} />}
    </>
  );
};

const EntitlementFacts: FC<Readonly<{ entitlement: Entitlement }>> = ({ entitlement }) => {
  const { id, about, class: sensitivity, usual, longest, targets, synonyms } = entitlement;
  return (
    <>
      {about !== undefined && <p class="lead">{oneLine(about)}</p>}
      <Facts
        of={[
          ['Id', <code>{id}</code>],
          ['Also called', synonyms.length > 0 && synonyms.map(oneLine).join(', ')],
          ['Class', sensitivity],
          ['Length', `usually ${formatDuration(usual)}, at most ${formatDuration(longest)}`],
        ]}
      />
      <Section id="targets" title="What it gives">
        <Targets targets={targets} />
      </Section>
    </>
  );
};

/** Who may request an entitlement, and who could approve it for each. */
const Requesters: FC<Readonly<{ of: RequestersOfPage }>> = ({ of }) => {
  const { entitlement, from, count, requesters } = of;
  const pathFrom = (next: number) =>
    `${entitlementPath(entitlement)}${next === 0 ? '' : `?from=${next}`}#requesters`;
  return (
    <Section id="requesters" title={`Who may request it, and who could approve it for them (${count})`}>
      <Table caption="Who may request it" columns={COLUMNS} rows={requesters} empty="Nobody." />
      <PageLinks
        part={{ from, shown: requesters.length, hasMore: from + requesters.length < count }}
        size={MOST_REQUESTERS}
        hrefFrom={pathFrom}
        what="people"
      />
    </Section>
  );
};

const COLUMNS: readonly Column<Requester>[] = [
  { name: 'Who', of: ({ person }) => <Person id={person} /> },
  { name: 'Approvers', of: ({ stages }) => <ApproversOfStages stages={stages} /> },
];
