import type { FC } from 'hono/jsx';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { RequestFacts } from '../../ledger/index.ts';
import { grantWaitWords } from '../../wording/grant-wait.ts';
import type { Stage } from '../../core/request/state.ts';
import type { PastAccess } from '../../core/past-access.ts';
import { Entitlement, type Names, Person, RequestLink } from './names.tsx';
import type { Column } from './table.tsx';
import { relative, Time } from './time.tsx';

/** How a list shows times: in this zone, and relative to this moment. */
type ListContext = Readonly<{ reader: Readonly<{ zone: string }>; now: Instant }>;

export const whoColumn = (names: Names): Column<RequestFacts> => ({
  name: 'Who',
  of: ({ requester }) => <Person id={requester} names={names} />,
});

/** The title is the one that the approvers read, whatever the catalogue says now. */
export const whatColumn = (names: Names): Column<RequestFacts> => ({
  name: 'What',
  of: ({ entitlement, title }) => (
    <Entitlement id={entitlement} names={{ ...names, entitlement: () => title }} />
  ),
});

export const stateColumn = (now: Instant): Column<RequestFacts> => ({
  name: 'State',
  of: (facts) => <StateWord facts={facts} now={now} />,
});

const STATES: Readonly<Record<RequestFacts['state'], Readonly<{ word: string; shape: string }>>> = {
  pending: { word: 'pending', shape: 'waiting' },
  granting: { word: 'is being granted', shape: 'live' },
  active: { word: 'active', shape: 'live' },
  revoking: { word: 'is being revoked', shape: 'live' },
  closed: { word: 'closed', shape: 'over' },
};

const StateWord: FC<Readonly<{ facts: RequestFacts; now: Instant }>> = ({
  facts: { state, endsAt, ending, wait },
  now,
}) => {
  const isOverdue = state !== 'closed' && endsAt !== null && endsAt < now;
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

export const endColumn = ({ reader: { zone }, now }: ListContext): Column<RequestFacts> => ({
  name: 'Ends',
  of: ({ endsAt, state }) =>
    endsAt === null || state === 'closed' ? (
      ''
    ) : (
      <>
        <Time at={endsAt} zone={zone} /> <span class="soft">{relative(endsAt, now)}</span>
      </>
    ),
});

/** For whom a request waits, and until when. */
export const waitingColumns = (
  names: Names,
  { reader: { zone }, now }: ListContext,
): readonly Column<RequestFacts>[] => [
  { name: 'Which', of: ({ isExtending }) => (isExtending ? 'a later end' : 'the access') },
  { name: 'Waits for', of: (facts) => <WaitsFor facts={facts} names={names} /> },
  {
    name: 'Lapses',
    of: ({ lapsesAt }) => (
      <>
        <Time at={lapsesAt} zone={zone} /> <span class="soft">{relative(lapsesAt, now)}</span>
      </>
    ),
  },
];

/** The requester while a question waits for their answer, else whoever can approve. */
const WaitsFor: FC<Readonly<{ facts: RequestFacts; names: Names }>> = ({
  facts: { requester, approvers, askedBy },
  names,
}) =>
  askedBy === null ? (
    <People ids={approvers} names={names} />
  ) : (
    <>
      <Person id={requester} names={names} />, to answer a question of <Person id={askedBy} names={names} />
    </>
  );

export const approvedByColumn = (names: Names): Column<RequestFacts> => ({
  name: 'Approved by',
  of: ({ approvedBy }) => <People ids={approvedBy} names={names} />,
});

export const requestColumn: Column<RequestFacts> = {
  name: 'Request',
  of: ({ id }) => <RequestLink id={id} />,
};

/** People by name, with commas between them. */
export const People: FC<Readonly<{ ids: readonly PersonId[]; names: Names }>> = ({ ids, names }) => (
  <>
    {[...new Set(ids)].map((id, index) => (
      <>
        {index === 0 ? '' : ', '}
        <Person id={id} names={names} />
      </>
    ))}
  </>
);

/** Who can approve in each stage, and how many must. */
export const ApproversOfStages: FC<Readonly<{ stages: readonly Stage[]; names: Names }>> = ({
  stages,
  names,
}) => (
  <>
    {stages.map(({ approvers, needs }) => (
      <div>
        {approvers.length < needs && `Nobody can get it: ${needs} must approve, and can: `}
        {approvers.length >= needs && needs > 1 && `${needs} of `}
        <People ids={approvers.map(({ person }) => person)} names={names} />
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
