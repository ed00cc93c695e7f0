import type { FC } from 'hono/jsx';
import type { Instant } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import { targetWords } from '../../wording/target-name.ts';
import { BASIS_WORDS } from '../parts/basis.ts';
import { Entitlement, type Names, Person, Provider, RequestLink } from '../parts/names.tsx';
import { People } from '../parts/request-columns.tsx';
import type { Column } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { leaseNumber } from '../parts/tracks-picture.tsx';
import { type AccessRow, approvedEndAt } from '../parts/tracks.ts';
import type { Reader } from '../reader.ts';
import type { AccessQuestion } from './access-question.ts';

/** Who had what from when until when, and who approved it. A list of one moment has the end that was approved then. */
export const accessColumns = (
  names: Names,
  { zone, sight: { isAuditor } }: Reader,
  { list, at }: AccessQuestion,
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
  { name: 'Provider', of: ({ provider }) => <Provider id={provider} isLink={isAuditor} /> },
  { name: 'Since', of: ({ since }) => <Time at={since} zone={zone} seconds /> },
  {
    name: 'Until',
    of: ({ until }) => (until === undefined ? 'still held' : <Time at={until} zone={zone} seconds />),
  },
  {
    name: 'Approved end',
    of: (row) => <ApprovedEnd row={row} at={list === 'moment' ? at : undefined} zone={zone} />,
  },
  { name: 'Class', of: (row) => row.facts?.enforcement[leaseNumber(row)] ?? '' },
  { name: 'Approved by', of: (row) => <ApprovedBy row={row} names={names} /> },
  { name: 'Request', of: ({ request }) => (request === undefined ? '' : <RequestLink id={request} />) },
];

/** The approved end, which an extension after the moment of the question made later. */
const ApprovedEnd: FC<Readonly<{ row: AccessRow; at: Instant | undefined; zone: string }>> = ({
  row,
  at,
  zone,
}) => {
  const { plannedEnd } = row;
  if (plannedEnd === undefined) return null;
  const then = at === undefined ? plannedEnd : (approvedEndAt(row, at) ?? plannedEnd);
  return (
    <>
      <Time at={then} zone={zone} seconds />
      {then < plannedEnd && (
        <>
          {' '}
          <span class="soft">
            extended later to <Time at={plannedEnd} zone={zone} seconds />
          </span>
        </>
      )}
    </>
  );
};

const ApprovedBy: FC<Readonly<{ row: AccessRow; names: Names }>> = ({ row: { basis, facts }, names }) =>
  basis === 'granted' ? <People ids={facts?.approvedBy ?? []} names={names} /> : <>{BASIS_WORDS[basis]}</>;
