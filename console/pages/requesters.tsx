import type { FC } from 'hono/jsx';
import type { Requester } from '../../policy/index.ts';
import { ApproversOfStages } from '../parts/approvers-of-stages.tsx';
import { entitlementPath, type Names, Person } from '../parts/names.tsx';
import { PageLinks } from '../parts/page-links.tsx';
import { type Column, Table } from '../parts/table.tsx';

/** The people of one page who may request an entitlement. `from`: how many of them are on the pages before. */
export type RequestersOfPage = Readonly<{
  entitlement: string;
  from: number;
  count: number;
  requesters: readonly Requester[];
}>;

/** So many are on one page. */
export const MOST_REQUESTERS = 50;

/** Who may request an entitlement, and who could approve it for each. */
export const Requesters: FC<Readonly<{ of: RequestersOfPage; names: Names }>> = ({
  of: { entitlement, from, count, requesters },
  names,
}) => {
  const pathFrom = (next: number) =>
    `${entitlementPath(entitlement)}${next === 0 ? '' : `?from=${next}`}#requesters`;
  return (
    <section aria-labelledby="requesters">
      <h2 id="requesters">Who may request it, and who could approve it for them ({count})</h2>
      <Table caption="Who may request it" columns={columnsOf(names)} rows={requesters} empty="Nobody." />
      <PageLinks
        part={{ from, shown: requesters.length, hasMore: from + requesters.length < count }}
        size={MOST_REQUESTERS}
        hrefFrom={pathFrom}
        what="people"
      />
    </section>
  );
};

const columnsOf = (names: Names): readonly Column<Requester>[] => [
  { name: 'Who', of: ({ person }) => <Person id={person} names={names} /> },
  { name: 'Approvers', of: ({ stages }) => <ApproversOfStages stages={stages} names={names} /> },
];
