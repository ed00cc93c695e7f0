import type { FC } from 'hono/jsx';
import type { Instant } from '../../../core/ids.ts';
import { oneLine } from '../../../core/text.ts';
import type { RequestFacts } from '../../../ledger/index.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { BASIS_WORDS, ENDING_WORDS, People } from '../../parts/request-columns.tsx';
import { Entitlement, type Names, Person, Provider, RequestLink } from '../../parts/names.tsx';
import type { Column } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { leaseNumber } from './picture.tsx';
import { type AccessRow, approvedEndAt, ENDING_NAMES, endingOf, isEarly } from './tracks.ts';
import type { PageContext } from '../../page.tsx';
import type { AccessQuestion } from './question.ts';

/** Who had what from when until when, what happened to its end, and who approved it. A list of one moment has the end that was approved then. */
export const accessColumns = (
  names: Names,
  { reader: { zone, sight }, now }: PageContext,
  { list, at, knownAt = now }: AccessQuestion,
): readonly Column<AccessRow>[] => [
  {
    name: 'Who',
    of: ({ person, account }) =>
      person === undefined ? oneLine(account) : <Person id={person} names={names} />,
  },
  {
    name: 'What',
    of: ({ entitlement, target }) =>
      entitlement === undefined ? (
        oneLine(targetWords(target))
      ) : (
        <Entitlement id={entitlement} names={names} />
      ),
  },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Provider', of: ({ provider }) => <Provider id={provider} isLink={sight.isAuditor} /> },
  { name: 'Since', of: ({ since }) => <Time at={since} zone={zone} seconds /> },
  {
    name: 'Until',
    of: (row) => <Until {...{ row, names, zone, knownAt }} />,
  },
  {
    name: 'Approved end',
    of: (row) => <ApprovedEnd row={row} at={list === 'moment' ? at : undefined} zone={zone} />,
  },
  { name: 'Class', of: (row) => row.facts?.enforcement[leaseNumber(row)] ?? '' },
  { name: 'Approved by', of: (row) => <ApprovedBy row={row} names={names} /> },
  { name: 'Request', of: (row) => <Request row={row} zone={zone} /> },
];

type RowContext = Readonly<{ row: AccessRow; names: Names; zone: string; knownAt: Instant }>;

/** The end that was seen, and how it came. Access whose end began is held until a read shows that it is gone. */
const Until: FC<RowContext> = ({ row, names, zone, knownAt }) => {
  const { until, facts } = row;
  const ending = endingOf(row, knownAt);
  return (
    <>
      {until === undefined ? ENDING_NAMES[ending] : <Time at={until} zone={zone} seconds />}{' '}
      {until !== undefined && ending !== 'early' && <span class="soft">{ENDING_NAMES[ending]}</span>}
      {facts && isEarly(facts.ending) && <EarlyEnd {...{ facts, names, zone }} />}
    </>
  );
};

const EarlyEnd: FC<Omit<RowContext, 'row' | 'knownAt'> & Readonly<{ facts: RequestFacts }>> = ({
  facts: { ending, endingAt, endingBy },
  names,
  zone,
}) =>
  ending === null || endingAt === null ? null : (
    <span class="soft">
      ended early at <Time at={endingAt} zone={zone} seconds />{' '}
      {endingBy === null ? (
        `(${ENDING_WORDS[ending]})`
      ) : (
        <>
          by <Person id={endingBy} names={names} />
        </>
      )}
    </span>
  );

/** The request, and when attempts about it were refused. */
const Request: FC<Readonly<{ row: AccessRow; zone: string }>> = ({ row: { request, facts }, zone }) =>
  request === undefined ? null : (
    <>
      <RequestLink id={request} />
      {facts?.refusedAt.map((at) => (
        <>
          {' '}
          <span class="soft">
            refused attempt at <Time at={at} zone={zone} seconds />
          </span>
        </>
      ))}
    </>
  );

/** The approved end, and each extension, which may be later than the moment of the question. */
const ApprovedEnd: FC<Readonly<{ row: AccessRow; at: Instant | undefined; zone: string }>> = ({
  row,
  at,
  zone,
}) => {
  const { plannedEnd } = row;
  if (plannedEnd === undefined) return null;
  const [, ...extensions] = row.facts?.ends ?? [];
  return (
    <>
      <Time at={at === undefined ? plannedEnd : (approvedEndAt(row, at) ?? plannedEnd)} zone={zone} seconds />
      {extensions.map((extension) => (
        <>
          {' '}
          <span class="soft">
            extended {at !== undefined && extension.at > at && 'later '}to{' '}
            <Time at={extension.endsAt} zone={zone} seconds /> at{' '}
            <Time at={extension.at} zone={zone} seconds />
          </span>
        </>
      ))}
    </>
  );
};

const ApprovedBy: FC<Readonly<{ row: AccessRow; names: Names }>> = ({ row: { basis, facts }, names }) =>
  basis === 'granted' ? <People ids={facts?.approvedBy ?? []} names={names} /> : <>{BASIS_WORDS[basis]}</>;
