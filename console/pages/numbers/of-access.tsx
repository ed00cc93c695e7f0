import type { FC } from 'hono/jsx';
import { ALLOWED_SECONDS } from '../../../core/numbers.ts';
import { PlotSection } from '../../parts/plot-figure.tsx';
import { Table } from '../../parts/table.tsx';
import { lengthText } from '../../parts/time.tsx';
import { howMany, isCounted, labelColumn, numberColumn, barsOf } from './columns.tsx';
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
