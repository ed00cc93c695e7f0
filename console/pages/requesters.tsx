import type { FC } from 'hono/jsx';
import type { Requester } from '../../policy/index.ts';
import { ApproversOfStages } from '../parts/approvers-of-stages.tsx';
import { entitlementPath, type Names, Person } from '../parts/names.tsx';
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

/** The page after so many people, as the address says it. The first one, when it says something else. */
export const requestersFrom = (typed: string | undefined): number =>
  /^\d{1,6}$/.test(typed ?? '') ? Number(typed) : 0;

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
      <p class="links paging">
        {from > 0 && (
          <a href={pathFrom(Math.max(0, from - MOST_REQUESTERS))} rel="prev">
            The people before
          </a>
        )}
        {from + requesters.length < count && (
          <a href={pathFrom(from + MOST_REQUESTERS)} rel="next">
            More people
          </a>
        )}
      </p>
    </section>
  );
};

const columnsOf = (names: Names): readonly Column<Requester>[] => [
  { name: 'Who', of: ({ person }) => <Person id={person} names={names} /> },
  { name: 'Approvers', of: ({ stages }) => <ApproversOfStages stages={stages} names={names} /> },
];
