import type { FC } from 'hono/jsx';
import type { NumbersRow } from '../../audit/questions/index.ts';
import { MOST_USES } from '../../core/numbers.ts';
import { PlotSection } from '../parts/plot-figure.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { lengthText } from '../parts/time.tsx';
import { barsOf, countOf, labelColumn, numberColumn } from './numbers/columns.tsx';
import type { NumbersProps } from './numbers/numbers.tsx';

const medianColumn = (name: string, key: string): Column<NumbersRow> => ({
  name,
  isNumber: true,
  of: ({ values }) => lengthText(values[key] ?? 0),
});

/** The length that was approved against the time held. */
export const Lengths: FC<NumbersProps> = ({ answer: { tables }, plots }) => {
  const rows = tables.lengths.filter((row) => countOf(row, 'grants') > 0);
  const pairs = rows.map(({ label, values: { approved, held } }) => ({
    ...{ label, approved: (approved ?? 0) / 60, held: (held ?? 0) / 60 },
    title: `${label}: approved ${lengthText(approved ?? 0)}, held ${lengthText(held ?? 0)}`,
  }));
  return (
    <PlotSection
      id="lengths"
      title="Approved length and time held"
      note="Grants that began in this time and are over, by the length that was requested and approved, with extensions. Each length is the median, rounded up by at most 10 percent or 1 second, whichever is more. In the plot, the line across is what was approved, and the dot is what was held."
      plot={
        rows.length === 0
          ? undefined
          : plots.pairsPlot(pairs, {
              says: 'The length that was approved and the time held, by length',
              axis: 'Median length',
            })
      }
      table={
        <Table
          caption="Approved length and time held, as a table"
          columns={[
            labelColumn('Length'),
            numberColumn('Grants', 'grants'),
            medianColumn('Approved', 'approved'),
            medianColumn('Held', 'held'),
          ]}
          rows={rows}
          empty="No grant of this time is over."
        />
      }
    />
  );
};

const VERDICTS: Readonly<Record<string, string>> = {
  used: 'used',
  'never-used': 'never used',
  'not-used-so-far': 'not used so far',
  unknown: 'not known',
};

/** What was done with the same grants. */
export const Use: FC<NumbersProps> = ({ answer: { tables }, plots }) => {
  const rows = tables.use
    .filter((row) => countOf(row, 'grants') > 0)
    .map((row) => ({ ...row, label: VERDICTS[row.label] ?? row.label }));
  return (
    <PlotSection
      id="use"
      title="Use"
      note={`What was done with these grants, where the provider can tell: the newest ${MOST_USES} of them. “Never used” means that the provider showed everything from the grant to the end, and there was nothing.`}
      plot={
        rows.length === 0
          ? undefined
          : plots.barsPlot(barsOf(rows, 'grants'), { says: 'Grants by their use', axis: 'Grants' })
      }
      table={
        <Table
          caption="Grants by their use"
          columns={[labelColumn('Use'), numberColumn('Grants', 'grants')]}
          rows={rows}
          empty="No grant of this time is over."
        />
      }
    />
  );
};
