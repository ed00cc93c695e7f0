import type { FC } from 'hono/jsx';
import type { NumbersRow, WholePeriod } from '../../../audit/questions/index.ts';
import { Entitlement } from '../../parts/names.tsx';
import { barsOf, countOf, howMany, labelColumn, numberColumn, PlotSection } from './columns.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { lengthText, rfc3339 } from '../../parts/time.tsx';
import type { NumbersProps } from './numbers.tsx';
import { requestsAddress } from '../requests/search.ts';

/** What was refused, and why. */
export const Refusals: FC<NumbersProps> = ({ answer: { tables }, plots }) => {
  const rows = tables.refusals;
  return (
    <PlotSection
      id="refusals"
      title="Refusals by code"
      note="Every attempt about a request that was refused: to request, to approve, to end, to extend."
      plot={
        rows.length === 0
          ? undefined
          : plots.barsPlot(barsOf(rows, 'attempts'), {
              says: 'Refused attempts by code',
              axis: 'Attempts',
            })
      }
      table={
        <Table
          caption="Refused attempts by code"
          columns={[
            { name: 'Code', of: ({ label }) => <code>{label}</code> },
            numberColumn('Attempts', 'attempts'),
          ]}
          rows={rows}
          empty="Nothing was refused in this time."
        />
      }
    />
  );
};

/** A count that links to the requests that are counted, where the search can say which they are. */
const requestsColumn = (
  { from, to }: WholePeriod,
  wordOf: (row: NumbersRow) => string | undefined,
): Column<NumbersRow> => ({
  name: 'Requests',
  isNumber: true,
  of: (row) => {
    const [count, word] = [countOf(row, 'requests').toLocaleString('en'), wordOf(row)];
    if (word === undefined) return count;
    return <a href={requestsAddress({ text: `${word} from:${rfc3339(from)} to:${rfc3339(to)}` })}>{count}</a>;
  },
});

/** Which entitlements were requested. */
export const Entitlements: FC<NumbersProps> = ({ answer: { tables }, plots, names, period }) => {
  const rows = tables.entitlements;
  const nameOf = ({ label, together }: NumbersRow): string =>
    together !== undefined ? label : label === '' ? NOT_KNOWN : names.entitlement(label);
  const isOne = ({ label, together }: NumbersRow): boolean => together === undefined && label !== '';
  return (
    <PlotSection
      id="entitlements"
      title="Requests by entitlement"
      note="Requests that were made in this time, also those that were refused before they were a request."
      plot={
        rows.length === 0
          ? undefined
          : plots.barsPlot(barsOf(rows, 'requests', nameOf), {
              says: 'Requests by entitlement',
              axis: 'Requests',
            })
      }
      table={
        <Table
          caption="Requests by entitlement, as a table"
          columns={[
            {
              name: 'Entitlement',
              of: (row) => (isOne(row) ? <Entitlement id={row.label} names={names} /> : nameOf(row)),
            },
            requestsColumn(period, (row) => (isOne(row) ? `entitlement:${row.label}` : undefined)),
          ]}
          rows={rows}
          empty="Nothing was requested in this time."
        />
      }
    />
  );
};

/** A submission that was refused may name no entitlement. */
const NOT_KNOWN = 'not known';

const STATES: readonly string[] = ['pending', 'granting', 'active', 'revoking', 'refused'];

/** How the same requests ended. */
export const Endings: FC<NumbersProps> = ({ answer: { tables }, plots, period }) => {
  const rows = tables.endings;
  return (
    <PlotSection
      id="endings"
      title="Requests by ending"
      note="The same requests by how they ended, or by the state that they have now."
      plot={
        rows.length === 0
          ? undefined
          : plots.barsPlot(barsOf(rows, 'requests'), { says: 'Requests by ending', axis: 'Requests' })
      }
      table={
        <Table
          caption="Requests by ending, as a table"
          columns={[
            labelColumn('Ending or state'),
            requestsColumn(period, ({ label }) =>
              STATES.includes(label) ? `state:${label}` : `ending:${label} state:closed`,
            ),
          ]}
          rows={rows}
          empty="Nothing was requested in this time."
        />
      }
    />
  );
};

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
