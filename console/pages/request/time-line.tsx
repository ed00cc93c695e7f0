import type { FC } from 'hono/jsx';
import { knownGrants } from '../../../core/request/access.ts';
import type { Event } from '../../../core/request/events.ts';
import { oneLine } from '../../../core/text.ts';
import type { NumberedEvent } from '../../../ledger/index.ts';
import { eventDetail, eventPhrase, type StoryOf } from '../../../wording/events.ts';
import { usePage } from '../../page-context.ts';
import { requestPath } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import { Time } from '../../parts/time.tsx';
import type { GivenApproval, RequestAnswer } from './read-request.ts';

type TimeLineProps = Readonly<{ answer: RequestAnswer; logKeys: readonly string[] }>;

const VIA: Readonly<Record<string, string>> = {
  slack: 'in Slack',
  cli: 'at the command line',
  console: 'in the console',
  workflow: 'by Curfew',
  sweeper: 'by Curfew, the sweeper',
};

/** Every event of a request in its order: what people and what Curfew did, each with its place in the log. */
export const TimeLine: FC<TimeLineProps> = ({ answer, logKeys }) => {
  const told = toldOf(answer);
  return (
    <>
      <ol class="time-line" data-keys={logKeys.join(' ')}>
        {answer.story.trail.map((each) => (
          <Step {...{ answer, told }} numbered={each} />
        ))}
      </ol>
      {usePage().reader.zone !== 'UTC' && (
        <p class="soft">What a provider said is shown unchanged. A time in it that ends with Z is in UTC.</p>
      )}
      <p class="links">
        <a
          href={`${requestPath(answer.story.request)}/proofs`}
          download={`${answer.story.request}.proofs.jsonl`}
        >
          Download the proofs of all events
        </a>
        <span class="soft">
          Anybody checks them offline, and reads who approved what:{' '}
          <code>curfew audit verify {answer.story.request}.proofs.jsonl --key …</code>
        </span>
      </p>
      {logKeys.length > 0 && (
        <p class="soft">
          The proofs are checked here with the public keys of the log that this console has:{' '}
          {logKeys.map((key) => (
            <code>{key} </code>
          ))}
        </p>
      )}
    </>
  );
};

const toldOf = ({ story: { view, trail } }: RequestAnswer): StoryOf => ({
  title: view?.title ?? '',
  granted: knownGrants(trail.map(({ event }) => event)),
});

type StepProps = Omit<TimeLineProps, 'logKeys'> & Readonly<{ numbered: NumberedEvent; told: StoryOf }>;

const Step: FC<StepProps> = ({ answer, told, numbered: { event, via, seq } }) => {
  const detail = eventDetail(event);
  return (
    <li class={isByPerson(event) ? 'by-person' : 'by-curfew'}>
      <p class="when">
        <Time at={event.at} seconds /> <span class="soft">{VIA[via] ?? oneLine(via)}</span>
      </p>
      <p>
        <Words of={eventPhrase(event, told)} />
      </p>
      {detail.length > 0 && (
        <p class="soft">
          <Words of={detail} />
        </p>
      )}
      <ApprovalNote approval={answer.approvals.find((each) => each.seq === seq)} />
      <Evidence answer={answer} seq={seq} />
    </li>
  );
};

const isByPerson = (event: Event): boolean => 'by' in event || event.kind === 'requested';

/** How an approver was known. */
const ApprovalNote: FC<Readonly<{ approval: GivenApproval | undefined }>> = ({ approval }) =>
  approval === undefined ? null : (
    <p class="soft">
      {approval.account === null
        ? 'The account is not known.'
        : `With the account ${oneLine(approval.account)}.`}
      {approval.seconds !== null && ` ${Math.round(approval.seconds)} s after it could be approved.`}
    </p>
  );

/** Where an event is in the audit log, and its proof. */
const Evidence: FC<Readonly<{ answer: RequestAnswer; seq: number }>> = ({ answer, seq }) => {
  const index = answer.indices.get(seq);
  if (index === undefined) return <p class="evidence">Not in the audit log yet.</p>;
  if (index >= answer.published)
    return <p class="evidence">Entry {index} of the audit log. No published checkpoint covers it yet.</p>;
  const proof = `${requestPath(answer.story.request)}/proofs/${seq}`;
  return (
    <p class="evidence">
      Entry {index} of the audit log. <a href={proof}>Proof</a>{' '}
      <button
        type="button"
        class="small"
        data-proof={proof}
        data-event={`${answer.story.request}/${seq}`}
        hidden
      >
        Check the proof here
      </button>{' '}
      <output></output>
    </p>
  );
};
