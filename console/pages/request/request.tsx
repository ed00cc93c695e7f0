import type { FC } from 'hono/jsx';
import { oneLine, visible } from '../../../core/text.ts';
import { statusPhrase } from '../../../wording/status.ts';
import type { RequestView } from '../../../requests/view.ts';
import type { LeaseUse } from '../../../ledger/index.ts';
import { formatDuration } from '../../../core/duration.ts';
import { lengthGiven } from '../../../core/request/extension.ts';
import type { OpenedRequest } from '../../../core/request/state.ts';
import { Entitlement, type Names, Person } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Targets } from '../../parts/targets.tsx';
import { type OfferedActs, RequestActions } from './actions.tsx';
import type { RequestAnswer } from './read-request.ts';
import { TimeLine } from './time-line.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';

type RequestProps = Readonly<{
  answer: RequestAnswer;
  /** What the reader may do about it. */
  acts: OfferedActs;
  names: Names;
  zone: string;
  logKeys: readonly string[];
}>;

/** A request from its beginning to its end, with the evidence of each step. */
export const RequestPage: FC<RequestProps> = ({ answer, acts, names, zone, logKeys }) => {
  const { story, uses } = answer;
  const { view, request } = story;
  return (
    <>
      {view === undefined ? (
        <p class="lead">It was refused when it was submitted, so no request was opened.</p>
      ) : (
        <>
          <p class="lead">
            <Words of={statusPhrase(view)} names={names} zone={zone} />
          </p>
          <Facts view={view} names={names} />
          <RequestActions {...{ view, acts, names, zone }} />
          <section aria-labelledby="targets">
            <h2 id="targets">What was requested, exactly</h2>
            <Targets targets={view.targets.map((described) => ({ described }))} />
          </section>
        </>
      )}
      <section aria-labelledby="events">
        <h2 id="events">What happened</h2>
        <TimeLine answer={answer} names={names} zone={zone} logKeys={logKeys} />
      </section>
      {uses.length > 0 && <UseSection uses={uses} zone={zone} />}
      <SameAnswerElsewhere
        same={{
          command: `curfew audit story ${request}`,
          sql: `select * from audit.event where request_id = '${request}' order by seq;`,
        }}
      />
    </>
  );
};

const Facts: FC<Readonly<{ view: RequestView; names: Names }>> = ({ view, names }) => {
  const { details } = view.state;
  const { denial } = view;
  return (
    <dl class="facts">
      <dt>Requester</dt>
      <dd>
        <Person id={details.requester} names={names} />
      </dd>
      <dt>Entitlement</dt>
      <dd>
        <Entitlement id={details.entitlement} names={{ ...names, entitlement: () => view.title }} /> (
        {oneLine(view.class)})
      </dd>
      <dt>Length</dt>
      <dd>{requestLengthText(view.state)}</dd>
      <dt>Reason</dt>
      <dd>{visible(view.reason)}</dd>
      {denial && (
        <>
          <dt>Reason of the denial</dt>
          <dd>{visible(denial.text)}</dd>
        </>
      )}
      {view.extensionReason !== undefined && (
        <>
          <dt>Reason of the extension</dt>
          <dd>{visible(view.extensionReason)}</dd>
        </>
      )}
      {view.questions.map(({ by, question, answer }) => (
        <>
          <dt>Question</dt>
          <dd>
            <Person id={by} names={names} />: {visible(question)}{' '}
            <span class="soft">{answer === undefined ? 'No answer yet.' : visible(answer)}</span>
          </dd>
        </>
      ))}
      <dt>Digest</dt>
      <dd>
        <code>{details.digest}</code>
        <span class="soft">
          {' '}
          names exactly this request. Every approval of it names it too. An extension has its own.
        </span>
      </dd>
      <dt>Id</dt>
      <dd>
        <code>{view.id}</code>
      </dd>
    </dl>
  );
};

/** What was done with the access, as far as its provider tells. */
export const UseSection: FC<Readonly<{ uses: readonly LeaseUse[]; zone: string }>> = ({ uses, zone }) => (
  <section aria-labelledby="use">
    <h2 id="use">What was done with it</h2>
    <Table caption="Use of the access" columns={columnsOf(zone)} rows={uses} empty="Nothing is known yet." />
  </section>
);

const VERDICTS: Readonly<Record<LeaseUse['verdict'], string>> = {
  used: 'used',
  'never-used': 'never used',
  'not-used-so-far': 'not used so far',
  unknown: 'not known',
};

const columnsOf = (zone: string): readonly Column<LeaseUse>[] => [
  { name: 'Provider', of: ({ provider }) => oneLine(provider) },
  { name: 'Use', of: ({ verdict }) => VERDICTS[verdict] },
  { name: 'First', of: ({ first }) => (first === null ? '' : <Time at={first} zone={zone} seconds />) },
  { name: 'Last', of: ({ last }) => (last === null ? '' : <Time at={last} zone={zone} seconds />) },
  { name: 'How much', of: ({ amount, unit }) => (amount === null ? '' : `${amount} ${oneLine(unit ?? '')}`) },
  { name: 'Known from', of: ({ source, whyUnknown }) => oneLine(source ?? whyUnknown ?? '') },
];

/** The length of a request: as requested, with its extensions, and with an extension that is open. */
export function requestLengthText(state: OpenedRequest): string {
  const { minutes } = state.details;
  const end = 'endsAt' in state ? state.endsAt : undefined;
  const given = end === undefined ? minutes : lengthGiven({ approvals: state.approvals, endsAt: end });
  const extension = state.kind === 'active' ? state.extension : undefined;
  const parts = [
    given > minutes ? `${formatDuration(minutes)} requested` : formatDuration(minutes),
    ...(given > minutes ? [`${formatDuration(given)} with extensions`] : []),
    ...(extension
      ? [
          `${formatDuration(extension.details.minutes)} more is ${extension.kind === 'pending' ? 'requested' : 'approved, and Curfew is moving the end'}`,
        ]
      : []),
  ];
  return parts.join('; ');
}
