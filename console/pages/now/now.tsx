import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import type { OverdueLease } from '../../../ledger/index.ts';
import type { Health } from '../../deps.ts';
import type { PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import { Person, RequestLink, requestPath } from '../../parts/names.tsx';
import { REQUEST_COLUMNS } from '../../parts/request-columns.tsx';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { relative, Time } from '../../parts/time.tsx';
import { linesAddress } from '../reviews/paths.ts';
import { type NowAnswer, readNow, type RequestList } from './read-now.ts';

/** `/`: what is live and until when, what waits and for whom, what is overdue, and whether every part works. */
export const nowPage: PageHandler = async (_c, deps, { reader }) => {
  const answer = await readNow(deps, reader);
  const shown = [...answer.live.requests, ...answer.pending.requests];
  const isOwn =
    answer.overdue.length + answer.reviews.length === 0 &&
    shown.every(({ requester }) => requester === reader.person);
  return {
    kind: 'page',
    content: <NowPage answer={answer} />,
    reading: { address: '/', isOwn },
    scripts: ['live'],
  };
};

const NowPage: FC<Readonly<{ answer: NowAnswer }>> = ({ answer }) => {
  const { live, pending, overdue, health, checkpoint } = answer;
  const { isAuditor, isSecurity } = usePage().reader.sight;
  const seesAll = isAuditor || isSecurity;
  const { who, what, state, end, isExtending, waitsFor, lapse, request } = REQUEST_COLUMNS;
  return (
    <>
      <Summary {...{ overdue, health, checkpoint, seesAll }} />
      {overdue.length > 0 && <Overdue overdue={overdue} />}
      <Section id="live" title={`Live access ${countNote(live)}`}>
        <Table
          caption="Live access, the soonest end first"
          columns={[who, what, state, end, request]}
          rows={live.requests}
          empty={
            seesAll ? 'Nobody has access through Curfew now.' : 'There is no live access that you can see.'
          }
        />
      </Section>
      <Section id="pending" title={`Waiting for an answer ${countNote(pending)}`}>
        <WaitingForReader answer={answer} />
        <Table
          caption="Requests that wait for an answer"
          columns={[who, what, isExtending, waitsFor, lapse, request]}
          rows={pending.requests}
          empty={isAuditor ? 'No request waits.' : 'No request waits for you, and no request of yours waits.'}
        />
      </Section>
      <Section id="health" title="The parts of Curfew">
        <CheckpointLine checkpoint={checkpoint} />
        <Table
          caption="The state of each part"
          columns={isAuditor ? HEALTH_COLUMNS : HEALTH_COLUMNS.slice(0, 2)}
          rows={health}
          empty="Nothing is known."
        />
      </Section>
    </>
  );
};

const countNote = ({ requests, count }: RequestList): string =>
  count > requests.length ? `(the first ${requests.length} of ${count})` : `(${count})`;

/** What whoever runs Curfew wants to know first: whether something is past its end, and which parts report a problem. */
const Summary: FC<Pick<NowAnswer, 'overdue' | 'health' | 'checkpoint'> & Readonly<{ seesAll: boolean }>> = ({
  overdue,
  health,
  checkpoint,
  seesAll,
}) => {
  const troubled = health.filter(({ state }) => state === 'warning' || state === 'broken');
  const parts = new Set(troubled.map(({ part }) => part));
  if (checkpoint?.problem !== undefined) parts.add('the checkpoint');
  return (
    <p class="lead">
      {seesAll && overdue.length === 0 && 'Nothing is past its end. '}
      {parts.size === 0 ? (
        'No part of Curfew reports a problem.'
      ) : (
        <>
          <a href="#health">Look at</a> {[...parts].join(', ')}.
        </>
      )}
    </p>
  );
};

const Overdue: FC<Readonly<{ overdue: readonly OverdueLease[] }>> = ({ overdue }) => (
  <Section id="overdue" title="Past its end and not confirmed gone" class="notice notice--wrong">
    <ul>
      {overdue.map(({ lease, request, state, fault }) => (
        <li>
          <RequestLink id={request} />: <code>{lease}</code> is {state}
          {fault === null ? '.' : `: ${oneLine(fault)}`}
        </li>
      ))}
    </ul>
  </Section>
);

const CheckpointLine: FC<Pick<NowAnswer, 'checkpoint'>> = ({ checkpoint }) => {
  if (!checkpoint) return <p>No checkpoint of the audit log is published yet.</p>;
  const { size, publishedAt, problem } = checkpoint;
  return (
    <p>
      <span class={`state state--${problem === undefined ? 'ok' : 'broken'}`}>
        {problem === undefined ? 'verified' : 'not verified'}
      </span>{' '}
      {problem !== undefined && `${oneLine(problem)}. `}
      The newest checkpoint of the audit log covers {size} {size === 1 ? 'entry' : 'entries'}. It was
      published at <Time at={publishedAt} seconds />, {relative(publishedAt, usePage().now)}.
    </p>
  );
};

const HEALTH_COLUMNS: readonly Column<Health>[] = [
  { name: 'Part', of: ({ part }) => part },
  { name: 'State', of: ({ state }) => <span class={`state state--${state}`}>{state}</span> },
  { name: 'What is known', of: ({ what }) => oneLine(what) },
];

/** The questions that the reader must answer, and the lines of reviews that they can decide. Requests to approve are in the list below. */
const WaitingForReader: FC<Readonly<{ answer: NowAnswer }>> = ({ answer: { asked, reviews } }) =>
  asked.length + reviews.length === 0 ? null : (
    <div class="notice notice--careful">
      <ul>
        {asked.map(({ id, title, askedBy, askedAt }) => (
          <li>
            {askedBy !== null && <Person id={askedBy} />} asked you about{' '}
            <a href={requestPath(id)}>{oneLine(title)}</a>
            {askedAt !== null && (
              <>
                , <Time at={askedAt} />
              </>
            )}
            . Answer it on the page of the request.
          </li>
        ))}
        {reviews.map(({ review: { id, title, due }, waiting }) => (
          <li>
            {waiting === 1 ? '1 line waits' : `${waiting} lines wait`} for you in the review{' '}
            <a href={linesAddress(id, { show: 'waiting', page: 1 })}>{oneLine(title)}</a>, due{' '}
            <Time at={due} />.
          </li>
        ))}
      </ul>
    </div>
  );
