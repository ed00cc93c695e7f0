import type { Child, FC } from 'hono/jsx';
import { formatDuration } from '../../../core/duration.ts';
import { lengthGiven } from '../../../core/request/extension.ts';
import type { OpenedRequest } from '../../../core/request/state.ts';
import { oneLine, visible } from '../../../core/text.ts';
import type { LeaseUse } from '../../../ledger/index.ts';
import type { RequestView } from '../../../requests/view.ts';
import { statusPhrase } from '../../../wording/status.ts';
import { readActed } from '../../act.ts';
import { movedTo, type PageHandler } from '../../page-answer.ts';
import { Outcome } from '../../parts/act-form.tsx';
import { Entitlement, Person, requestPath } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import { USE_WORDS } from '../../parts/request-columns.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Targets } from '../../parts/targets.tsx';
import { Time } from '../../parts/time.tsx';
import { NO_ACTS, type OfferedActs, offeredActs, RequestActions } from './actions.tsx';
import { isOwnRequest, readRequest, type RequestAnswer } from './read-request.ts';
import { TimeLine } from './time-line.tsx';

/** `/requests/<id>` */
export const requestPage: PageHandler = async (c, deps, { reader }) => {
  const typed = c.req.param('id') ?? '';
  const answer = await readRequest(deps, reader, typed);
  if (!answer.ok)
    return {
      ...{ kind: 'refused', title: 'There is no such request that you can see', status: 404 },
      content: (
        <p>Its requester, its approvers, the owner of the entitlement, and the auditors can see a request.</p>
      ),
    };
  const { request, view } = answer.value.story;
  if (request !== typed) return movedTo(requestPath(request));
  const acted = await readActed(deps, reader, c.req.query('click'), (click) => click.request === request);
  const acts = view ? await offeredActs(deps, reader, view) : NO_ACTS;
  const logKeys = deps.logKeys.map(({ text }) => text);
  return {
    kind: 'page',
    title: view?.title ?? 'A request that was refused',
    scripts: ['proof', 'live'],
    reading: { address: requestPath(request), isOwn: isOwnRequest(answer.value, reader) },
    content: (
      <>
        {acted && <Outcome of={acted} />}
        <RequestPage answer={answer.value} {...{ acts, logKeys }} />
      </>
    ),
  };
};

type RequestProps = Readonly<{
  answer: RequestAnswer;
  /** What the reader may do about it. */
  acts: OfferedActs;
  logKeys: readonly string[];
}>;

/** A request from its beginning to its end, with the evidence of each step. */
export const RequestPage: FC<RequestProps> = ({ answer, acts, logKeys }) => {
  const { story, uses } = answer;
  const { view, request } = story;
  return (
    <>
      {view === undefined ? (
        <p class="lead">It was refused when it was submitted, so no request was opened.</p>
      ) : (
        <>
          <p class="lead">
            <Words of={statusPhrase(view)} />
          </p>
          <RequestFacts view={view} />
          <RequestActions {...{ view, acts }} />
          <Section id="targets" title="What was requested, exactly">
            <Targets targets={view.targets.map((described) => ({ described }))} />
          </Section>
        </>
      )}
      <Section id="events" title="What happened">
        <TimeLine answer={answer} logKeys={logKeys} />
      </Section>
      {uses.length > 0 && <UseSection uses={uses} />}
      <SameAnswerElsewhere
        same={{
          command: `curfew audit story ${request}`,
          sql: `select * from audit.event where request_id = '${request}' order by seq;`,
        }}
      />
    </>
  );
};

const RequestFacts: FC<Readonly<{ view: RequestView }>> = ({ view }) => {
  const { requester, entitlement, digest } = view.state.details;
  return (
    <Facts
      of={[
        ['Requester', <Person id={requester} />],
        ['Entitlement', [<Entitlement id={entitlement} title={view.title} />, ` (${oneLine(view.class)})`]],
        ['Length', requestLengthText(view.state)],
        ['Reason', visible(view.reason)],
        ['Reason of the denial', view.denial && visible(view.denial.text)],
        ['Reason of the extension', view.extensionReason !== undefined && visible(view.extensionReason)],
        ...view.questions.map((each): [string, Child] => ['Question', <Question of={each} />]),
        ['Digest', <Digest digest={digest} />],
        ['Id', <code>{view.id}</code>],
      ]}
    />
  );
};

const Question: FC<Readonly<{ of: RequestView['questions'][number] }>> = ({
  of: { by, question, answer },
}) => (
  <>
    <Person id={by} />: {visible(question)}{' '}
    <span class="soft">{answer === undefined ? 'No answer yet.' : visible(answer)}</span>
  </>
);

const Digest: FC<Readonly<{ digest: string }>> = ({ digest }) => (
  <>
    <code>{digest}</code>
    <span class="soft">
      {' '}
      names exactly this request. Every approval of it names it too. An extension has its own.
    </span>
  </>
);

/** What was done with the access, as far as its provider tells. */
const UseSection: FC<Readonly<{ uses: readonly LeaseUse[] }>> = ({ uses }) => (
  <Section id="use" title="What was done with it">
    <Table caption="Use of the access" columns={COLUMNS} rows={uses} empty="Nothing is known yet." />
  </Section>
);

const COLUMNS: readonly Column<LeaseUse>[] = [
  { name: 'Provider', of: ({ provider }) => oneLine(provider) },
  { name: 'Use', of: ({ verdict }) => USE_WORDS[verdict] },
  { name: 'First', of: ({ first }) => (first === null ? '' : <Time at={first} seconds />) },
  { name: 'Last', of: ({ last }) => (last === null ? '' : <Time at={last} seconds />) },
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
