import type { FC } from 'hono/jsx';
import type { PastAccess } from '../../core/past-access.ts';
import type { Stage } from '../../core/request/state.ts';
import type { LeaseUse, RequestFacts } from '../../ledger/index.ts';
import { grantWaitWords } from '../../wording/grant-wait.ts';
import { usePage } from '../page-context.ts';
import { Entitlement, People, Person, RequestLink } from './names.tsx';
import type { Column } from './table.tsx';
import { TimeFromNow } from './time.tsx';

const STATES: Readonly<Record<RequestFacts['state'], Readonly<{ word: string; shape: string }>>> = {
  pending: { word: 'pending', shape: 'waiting' },
  granting: { word: 'is being granted', shape: 'live' },
  active: { word: 'active', shape: 'live' },
  revoking: { word: 'is being revoked', shape: 'live' },
  closed: { word: 'closed', shape: 'over' },
};

const StateWord: FC<Readonly<{ facts: RequestFacts }>> = ({ facts: { state, endsAt, ending, wait } }) => {
  const isOverdue = state !== 'closed' && endsAt !== null && endsAt < usePage().now;
  const { word, shape } = isOverdue ? { word: 'overdue', shape: 'overdue' } : STATES[state];
  return (
    <span class={`state state--${shape}`}>
      {word}
      {state === 'granting' && wait !== null && `, waits for ${grantWaitWords(wait)}`}
      {state === 'closed' && ending !== null && `: ${ENDING_WORDS[ending]}`}
    </span>
  );
};

/** How a request ended, in a few words. */
export const ENDING_WORDS: Readonly<Record<NonNullable<RequestFacts['ending']>, string>> = {
  denied: 'denied',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
  voided: 'voided',
  'grant-failed': 'the grant failed',
  ended: 'ended early',
  'mass-ended': 'ended with others',
  objected: 'objected to in a review',
  expired: 'expired',
};

/** The requester while a question waits for their answer, else whoever can approve. */
const WaitsFor: FC<Readonly<{ facts: RequestFacts }>> = ({ facts: { requester, approvers, askedBy } }) =>
  askedBy === null ? (
    <People ids={approvers} />
  ) : (
    <>
      <Person id={requester} />, to answer a question of <Person id={askedBy} />
    </>
  );

/** The columns of lists of requests, by what they show. `isExtending` is for requests that wait. */
export const REQUEST_COLUMNS = {
  who: { name: 'Who', of: ({ requester }) => <Person id={requester} /> },
  /** The title is the one that the approvers read. */
  what: { name: 'What', of: ({ entitlement, title }) => <Entitlement id={entitlement} title={title} /> },
  state: { name: 'State', of: (facts) => <StateWord facts={facts} /> },
  end: {
    name: 'Ends',
    of: ({ endsAt, state }) => (endsAt === null || state === 'closed' ? '' : <TimeFromNow at={endsAt} />),
  },
  isExtending: { name: 'Which', of: ({ isExtending }) => (isExtending ? 'a later end' : 'the access') },
  waitsFor: { name: 'Waits for', of: (facts) => <WaitsFor facts={facts} /> },
  lapse: { name: 'Lapses', of: ({ lapsesAt }) => <TimeFromNow at={lapsesAt} /> },
  approvedBy: { name: 'Approved by', of: ({ approvedBy }) => <People ids={approvedBy} /> },
  request: { name: 'Request', of: ({ id }) => <RequestLink id={id} /> },
} as const satisfies Readonly<Record<string, Column<RequestFacts>>>;

/** Who can approve in each stage, and how many must. */
export const ApproversOfStages: FC<Readonly<{ stages: readonly Stage[] }>> = ({ stages }) => (
  <>
    {stages.map(({ approvers, needs }) => (
      <div>
        {approvers.length < needs && `Nobody can get it: ${needs} must approve, and can: `}
        {approvers.length >= needs && needs > 1 && `${needs} of `}
        <People ids={approvers.map(({ person }) => person)} />
        {approvers.length === 0 && 'nobody'}
      </div>
    ))}
  </>
);

/** Why somebody has access that Curfew did not grant, in words. Nothing for what it granted. */
export const BASIS_WORDS: Readonly<Record<PastAccess['basis'], string>> = {
  granted: '',
  adopted: 'standing access',
  finding: 'not explained',
};

/** The use of an access, in words. */
export const USE_WORDS: Readonly<Record<LeaseUse['verdict'], string>> = {
  used: 'used',
  'never-used': 'never used',
  'not-used-so-far': 'not used so far',
  unknown: 'not known',
};
