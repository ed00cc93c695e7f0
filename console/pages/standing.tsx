import type { FC } from 'hono/jsx';
import type { PastAccess } from '../../core/past-access.ts';
import { oneLine } from '../../core/text.ts';
import { targetWords } from '../../wording/target-name.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import type { StandingAccess } from './read-standing.ts';

type StandingProps = Readonly<{ standing: StandingAccess; zone: string }>;

/** What a person has that Curfew did not grant, and that Curfew does not end it. */
export const StandingSection: FC<StandingProps> = ({ standing: { rows, hasMore }, zone }) => (
  <section aria-labelledby="standing">
    <h2 id="standing">
      Access that Curfew did not grant {hasMore ? `(the newest ${rows.length})` : `(${rows.length})`}
    </h2>
    {rows.length > 0 && (
      <p>
        Curfew does not end it. The people who decide about findings can revoke what is not explained.
        Standing access can only be removed at the provider.
      </p>
    )}
    <Table
      caption="Access that Curfew did not grant, the newest first"
      columns={columnsOf(zone)}
      rows={rows}
      empty="Nothing, as far as looks at the providers show."
    />
  </section>
);

const BASIS = { granted: '', adopted: 'standing', finding: 'not explained' } as const;

const columnsOf = (zone: string): readonly Column<PastAccess>[] => [
  { name: 'Account', of: ({ account }) => oneLine(account) },
  { name: 'Where', of: ({ provider, target }) => `${oneLine(provider)}: ${oneLine(targetWords(target))}` },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Seen first', of: ({ since }) => <Time at={since} zone={zone} seconds /> },
  { name: 'Why', of: ({ basis }) => BASIS[basis] },
];
