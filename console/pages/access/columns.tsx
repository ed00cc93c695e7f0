import type { FC } from 'hono/jsx';
import type { Instant } from '../../../core/ids.ts';
import { oneLine } from '../../../core/text.ts';
import type { RequestFacts } from '../../../ledger/index.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { Entitlement, People, Person, Provider, RequestLink } from '../../parts/names.tsx';
import { BASIS_WORDS, ENDING_WORDS } from '../../parts/request-columns.tsx';
import type { Column } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { leaseNumber } from './picture.tsx';
import type { AccessQuestion } from './question.ts';
import { type AccessRow, approvedEndAt, ENDING_NAMES, endingOf, isEarly } from './tracks.ts';

/** Who had what from when until when, what happened to its end, and who approved it. A list of one moment has the end that was approved then. */
export const accessColumns = (
  { list, at, knownAt }: AccessQuestion,
  now: Instant,
): readonly Column<AccessRow>[] => [
  {
    name: 'Who',
    of: ({ person, account }) => (person === undefined ? oneLine(account) : <Person id={person} />),
  },
  {
    name: 'What',
    of: ({ entitlement, target }) =>
      entitlement === undefined ? oneLine(targetWords(target)) : <Entitlement id={entitlement} />,
  },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Provider', of: ({ provider }) => <Provider id={provider} /> },
  { name: 'Since', of: ({ since }) => <Time at={since} seconds /> },
  { name: 'Until', of: (row) => <Until row={row} knownAt={knownAt ?? now} /> },
  { name: 'Approved end', of: (row) => <ApprovedEnd row={row} at={list === 'moment' ? at : undefined} /> },
  { name: 'Class', of: (row) => row.facts?.enforcement[leaseNumber(row)] ?? '' },
  { name: 'Approved by', of: (row) => <ApprovedBy row={row} /> },
  { name: 'Request', of: (row) => <Request row={row} /> },
];

/** The end that was seen, and how it came. Access whose end began is held until a read shows that it is gone. */
const Until: FC<Readonly<{ row: AccessRow; knownAt: Instant }>> = ({ row, knownAt }) => {
  const { until, facts } = row;
  const ending = endingOf(row, knownAt);
  return (
    <>
      {until === undefined ? ENDING_NAMES[ending] : <Time at={until} seconds />}{' '}
      {until !== undefined && ending !== 'early' && <span class="soft">{ENDING_NAMES[ending]}</span>}
      {facts && isEarly(facts.ending) && <EarlyEnd facts={facts} />}
    </>
  );
};

const EarlyEnd: FC<Readonly<{ facts: RequestFacts }>> = ({ facts: { ending, endingAt, endingBy } }) =>
  ending === null || endingAt === null ? null : (
    <span class="soft">
      ended early at <Time at={endingAt} seconds />{' '}
      {endingBy === null ? (
        `(${ENDING_WORDS[ending]})`
      ) : (
        <>
          by <Person id={endingBy} />
        </>
      )}
    </span>
  );

/** The request, and when attempts about it were refused. */
const Request: FC<Readonly<{ row: AccessRow }>> = ({ row: { request, facts } }) =>
  request === undefined ? null : (
    <>
      <RequestLink id={request} />
      {facts?.refusedAt.map((at) => (
        <>
          {' '}
          <span class="soft">
            refused attempt at <Time at={at} seconds />
          </span>
        </>
      ))}
    </>
  );

/** The approved end, and each extension, which may be later than the moment of the question. */
const ApprovedEnd: FC<Readonly<{ row: AccessRow; at: Instant | undefined }>> = ({ row, at }) => {
  const { plannedEnd } = row;
  if (plannedEnd === undefined) return null;
  const [, ...extensions] = row.facts?.ends ?? [];
  return (
    <>
      <Time at={at === undefined ? plannedEnd : (approvedEndAt(row, at) ?? plannedEnd)} seconds />
      {extensions.map((extension) => (
        <>
          {' '}
          <span class="soft">
            extended {at !== undefined && extension.at > at && 'later '}to{' '}
            <Time at={extension.endsAt} seconds /> at <Time at={extension.at} seconds />
          </span>
        </>
      ))}
    </>
  );
};

const ApprovedBy: FC<Readonly<{ row: AccessRow }>> = ({ row: { basis, facts } }) =>
  basis === 'granted' ? <People ids={facts?.approvedBy ?? []} /> : <>{BASIS_WORDS[basis]}</>;
