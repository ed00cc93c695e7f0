import type { FC } from 'hono/jsx';
import { ALLOWED_SECONDS, MOST_USES } from '../../../core/numbers.ts';
import type { NumbersRow } from '../../../audit/questions/index.ts';
import { barsOf, countOf, howMany, isCounted, labelColumn, numberColumn, PlotSection } from './columns.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { lengthText } from '../../parts/time.tsx';
import type { NumbersProps } from './numbers.tsx';

/** When access was granted. */
export const Grants: FC<NumbersProps> = ({ answer: { by, tables }, plots, zone }) => {
  const rows = tables.grants;
  const isDays = by === 'day';
  const title = isDays ? 'Grants by day' : 'Grants by week';
  return (
    <PlotSection
      id="grants"
      title={title}
      note={`A grant is the access of one person at one target, from the read that showed it. ${
        isDays
          ? 'The first and the last day may be in the time only in part.'
          : 'A week begins on Monday. The first and the last week may be in the time only in part.'
      }`}
      plot={
        isCounted(rows, 'grants')
          ? plots.daysPlot(
              rows.map(({ label, values }) => ({
                ...{ label: label.slice(5), count: values['grants'] ?? 0 },
                title: `${label}: ${values['grants'] ?? 0}`,
              })),
              { says: title, axis: 'Grants', days: `${isDays ? 'Day' : 'Monday of the week'} (${zone})` },
            )
          : undefined
      }
      table={
        <Table
          caption={`${title}, as a table`}
          columns={[labelColumn(isDays ? 'Day' : 'Week of'), numberColumn('Grants', 'grants')]}
          rows={isCounted(rows, 'grants') ? rows : []}
          empty="Nothing was granted in this time."
        />
      }
    />
  );
};

/** How long after its approved end access was held. */
export const AfterTheEnd: FC<NumbersProps> = ({ answer: { overstays, tables }, plots }) => {
  const { grants, overstays: count, longest, held_now: heldNow } = overstays;
  const isWrong = count > 0 || heldNow > 0;
  return (
    <PlotSection
      id="ends"
      title="Overstays"
      note={
        <>
          <span class={`state state--${isWrong ? 'broken' : 'ok'}`}>
            {count} of {howMany(grants, 'grant')}
          </span>{' '}
          that ended in this time {count === 1 ? 'was' : 'were'} held for more than {ALLOWED_SECONDS} s after
          the approved end. This is known from receipts: each end is a read from the provider that showed that
          the access was gone.
          {longest !== null &&
            longest > 0 &&
            ` The longest time after an end was ${lengthText(longest)}.`}{' '}
          {heldNow === 0
            ? 'Nothing is held too long now.'
            : `${howMany(heldNow, 'grant')} ${heldNow === 1 ? 'is' : 'are'} held too long now.`}
        </>
      }
      plot={
        grants === 0
          ? undefined
          : plots.barsPlot(barsOf(tables.ends, 'grants'), {
              says: 'Grants that ended, by the time after the approved end',
              axis: 'Grants',
            })
      }
      table={
        <Table
          caption="Grants that ended, by the time after the approved end"
          columns={[labelColumn('Shown as gone'), numberColumn('Grants', 'grants')]}
          rows={grants === 0 ? [] : tables.ends}
          empty="No grant ended in this time."
        />
      }
    />
  );
};

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
