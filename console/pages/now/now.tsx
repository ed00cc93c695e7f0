import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import type { OverdueLease } from '../../../ledger/index.ts';
import { Hono } from 'hono';
import type { ConsoleDeps, Health } from '../../deps.ts';
import { namesOf, Page, type PageContext, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { type Names, Person, RequestLink, requestPath } from '../../parts/names.tsx';
import {
  endColumn,
  requestColumn,
  stateColumn,
  waitingColumns,
  whatColumn,
  whoColumn,
} from '../../parts/request-columns.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { relative, Time } from '../../parts/time.tsx';
import { type NewestCheckpoint, type NowAnswer, readNow, type RequestList } from './read-now.ts';
import { linesAddress } from '../reviews/paths.ts';
import { recordReading } from '../../readings.ts';

type NowProps = Readonly<{ context: PageContext; answer: NowAnswer; names: Names }>;

/** What is live and until when, what waits and for whom, what is overdue, and whether every part works. */
export const NowPage: FC<NowProps> = ({ context, answer, names }) => {
  const { live, pending, overdue, health, checkpoint } = answer;
  const { reader, now } = context;
  const { isAuditor, isSecurity } = reader.sight;
  const seesAll = isAuditor || isSecurity;
  return (
    <>
      <Summary {...{ overdue, health, checkpoint, seesAll }} />
      {overdue.length > 0 && <Overdue overdue={overdue} />}
      <section aria-labelledby="live">
        <h2 id="live">Live access {countNote(live)}</h2>
        <Table
          caption="Live access, the soonest end first"
          columns={[whoColumn(names), whatColumn(names), stateColumn(now), endColumn(context), requestColumn]}
          rows={live.requests}
          empty={
            seesAll ? 'Nobody has access through Curfew now.' : 'There is no live access that you can see.'
          }
        />
      </section>
      <section aria-labelledby="pending">
        <h2 id="pending">Waiting for an answer {countNote(pending)}</h2>
        <WaitingForReader answer={answer} names={names} zone={reader.zone} />
        <Table
          caption="Requests that wait for an answer"
          columns={[whoColumn(names), whatColumn(names), ...waitingColumns(names, context), requestColumn]}
          rows={pending.requests}
          empty={isAuditor ? 'No request waits.' : 'No request waits for you, and no request of yours waits.'}
        />
      </section>
      <section aria-labelledby="health">
        <h2 id="health">The parts of Curfew</h2>
        <CheckpointLine checkpoint={checkpoint} {...context} />
        <Table
          caption="The state of each part"
          columns={isAuditor ? HEALTH_COLUMNS : HEALTH_COLUMNS.slice(0, 2)}
          rows={health}
          empty="Nothing is known."
        />
      </section>
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
  <section class="notice notice--wrong" aria-labelledby="overdue">
    <h2 id="overdue">Past its end and not confirmed gone</h2>
    <ul>
      {overdue.map(({ lease, request, state, fault }) => (
        <li>
          <RequestLink id={request} />: <code>{lease}</code> is {state}
          {fault === null ? '.' : `: ${oneLine(fault)}`}
        </li>
      ))}
    </ul>
  </section>
);

const CheckpointLine: FC<PageContext & Readonly<{ checkpoint: NewestCheckpoint | undefined }>> = ({
  checkpoint,
  reader: { zone },
  now,
}) => {
  if (!checkpoint) return <p>No checkpoint of the audit log is published yet.</p>;
  const { size, publishedAt, problem } = checkpoint;
  return (
    <p>
      <span class={`state state--${problem === undefined ? 'ok' : 'broken'}`}>
        {problem === undefined ? 'verified' : 'not verified'}
      </span>{' '}
      {problem !== undefined && `${oneLine(problem)}. `}
      The newest checkpoint of the audit log covers {size} {size === 1 ? 'entry' : 'entries'}. It was
      published at <Time at={publishedAt} zone={zone} seconds />, {relative(publishedAt, now)}.
    </p>
  );
};

const HEALTH_COLUMNS: readonly Column<Health>[] = [
  { name: 'Part', of: ({ part }) => part },
  { name: 'State', of: ({ state }) => <span class={`state state--${state}`}>{state}</span> },
  { name: 'What is known', of: ({ what }) => oneLine(what) },
];

type WaitingProps = Readonly<{ answer: Pick<NowAnswer, 'asked' | 'reviews'>; names: Names; zone: string }>;

/** The questions that the reader must answer, and the lines of reviews that they can decide. Requests to approve are in the list below. */
export const WaitingForReader: FC<WaitingProps> = ({ answer: { asked, reviews }, names, zone }) =>
  asked.length + reviews.length === 0 ? null : (
    <div class="notice notice--careful">
      <ul>
        {asked.map(({ id, title, askedBy, askedAt }) => (
          <li>
            {askedBy !== null && <Person id={askedBy} names={names} />} asked you about{' '}
            <a href={requestPath(id)}>{oneLine(title)}</a>
            {askedAt !== null && (
              <>
                , <Time at={askedAt} zone={zone} />
              </>
            )}
            . Answer it on the page of the request.
          </li>
        ))}
        {reviews.map(({ review: { id, title, due }, waiting }) => (
          <li>
            {waiting === 1 ? '1 line waits' : `${waiting} lines wait`} for you in the review{' '}
            <a href={linesAddress(id, { show: 'waiting', page: 1 })}>{oneLine(title)}</a>, due{' '}
            <Time at={due} zone={zone} />.
          </li>
        ))}
      </ul>
    </div>
  );

/** `/` */
export function nowRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.get('/', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const answer = await readNow(deps, reader);
    const shown = [...answer.live.requests, ...answer.pending.requests];
    await recordReading(deps, reader, {
      address: '/',
      isOwn:
        answer.overdue.length + answer.reviews.length === 0 &&
        shown.every(({ requester }) => requester === reader.person),
    });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title="Now" scripts={['live']} {...{ reader, address }}>
        <NowPage {...{ context, answer, names }} />
      </Page>,
    );
  });
  return app;
}
