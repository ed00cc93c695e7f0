import type { FC } from 'hono/jsx';
import { PlotSection } from '../parts/plot-figure.tsx';
import { Table } from '../parts/table.tsx';
import { lengthText } from '../parts/time.tsx';
import { barsOf, howMany, labelColumn, numberColumn } from './numbers/columns.tsx';
import type { NumbersProps } from './numbers/numbers.tsx';

/** How long a decision took, from when the policy had judged the request. */
export const Decisions: FC<NumbersProps> = ({ answer: { decisions, tables }, plots }) => {
  const rows = tables['decision-times'];
  const { requests, median, ninetieth } = decisions;
  return (
    <PlotSection
      id="decisions"
      title="Time to a decision"
      note={
        <>
          From when a request could be approved until the last approval that it needed, or the denial.
          {median !== null && ninetieth !== null && (
            <>
              {' '}
              Of {howMany(requests, 'decided request')}, half took at most{' '}
              <strong class="length">{lengthText(median)}</strong> (median), and nine of ten at most{' '}
              <strong class="length">{lengthText(ninetieth)}</strong> (90th percentile).
            </>
          )}
        </>
      }
      plot={
        requests === 0
          ? undefined
          : plots.barsPlot(barsOf(rows, 'requests'), {
              says: 'Decided requests by the time to the decision',
              axis: 'Requests',
            })
      }
      table={
        <Table
          caption="Decided requests by the time to the decision"
          columns={[labelColumn('Time to a decision'), numberColumn('Requests', 'requests')]}
          rows={requests === 0 ? [] : rows}
          empty="Nobody decided about a request in this time."
        />
      }
    />
  );
};
