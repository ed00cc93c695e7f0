import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import type { LeaseUse } from '../../ledger/index.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';

/** What was done with the access, as far as its provider tells. */
export const UseSection: FC<Readonly<{ uses: readonly LeaseUse[]; zone: string }>> = ({ uses, zone }) => (
  <section aria-labelledby="use">
    <h2 id="use">What was done with it</h2>
    <Table caption="Use of the access" columns={columnsOf(zone)} rows={uses} empty="Nothing is known yet." />
  </section>
);

const VERDICTS: Readonly<Record<LeaseUse['verdict'], string>> = {
  used: 'used',
  'never-used': 'never used',
  'not-used-so-far': 'not used so far',
  unknown: 'not known',
};

const columnsOf = (zone: string): readonly Column<LeaseUse>[] => [
  { name: 'Provider', of: ({ provider }) => oneLine(provider) },
  { name: 'Use', of: ({ verdict }) => VERDICTS[verdict] },
  { name: 'First', of: ({ first }) => (first === null ? '' : <Time at={first} zone={zone} seconds />) },
  { name: 'Last', of: ({ last }) => (last === null ? '' : <Time at={last} zone={zone} seconds />) },
  { name: 'How much', of: ({ amount, unit }) => (amount === null ? '' : `${amount} ${oneLine(unit ?? '')}`) },
  { name: 'Known from', of: ({ source, whyUnknown }) => oneLine(source ?? whyUnknown ?? '') },
];
