import type { FC } from 'hono/jsx';
import type { NumbersRow, WholePeriod } from '../../../audit/questions/index.ts';
import { usePage } from '../../page-context.ts';
import { Entitlement } from '../../parts/names.tsx';
import type { Column } from '../../parts/table.tsx';
import { lengthText, rfc3339 } from '../../parts/time.tsx';
import { requestsAddress } from '../requests/search.ts';
import { barsOf, countOf, howMany, labelColumn, numberColumn, PlotSection } from './columns.tsx';
import type { NumbersProps } from './numbers.tsx';

/** What was refused, and why. */
export const Refusals: FC<NumbersProps> = ({ answer: { tables }, plots }) => (
  <PlotSection
    id="refusals"
    title="Refusals by code"
    note="Every attempt about a request that was refused: to request, to approve, to end, to extend."
    says="Refused attempts by code"
    rows={tables.refusals}
    plot={barsOf(plots, 'attempts', 'Attempts')}
    columns={[
      { name: 'Code', of: ({ label }) => <code>{label}</code> },
      numberColumn('Attempts', 'attempts'),
    ]}
    empty="Nothing was refused in this time."
  />
);

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

/** Which entitlements were requested. A submission that was refused may name none. */
export const Entitlements: FC<NumbersProps> = ({ answer: { tables }, plots, period }) => {
  const { names } = usePage();
  const nameOf = ({ label, together }: NumbersRow): string =>
    together !== undefined ? label : label === '' ? 'not known' : names.entitlement(label);
  const isOne = ({ label, together }: NumbersRow): boolean => together === undefined && label !== '';
  return (
    <PlotSection
      id="entitlements"
      title="Requests by entitlement"
      note="Requests that were made in this time, also those that were refused before they were a request."
      says="Requests by entitlement"
      caption="Requests by entitlement, as a table"
      rows={tables.entitlements}
      plot={barsOf(plots, 'requests', 'Requests', nameOf)}
      columns={[
        { name: 'Entitlement', of: (row) => (isOne(row) ? <Entitlement id={row.label} /> : nameOf(row)) },
        requestsColumn(period, (row) => (isOne(row) ? `entitlement:${row.label}` : undefined)),
      ]}
      empty="Nothing was requested in this time."
    />
  );
};

const STATES: readonly string[] = ['pending', 'granting', 'active', 'revoking', 'refused'];

/** How the same requests ended. */
export const Endings: FC<NumbersProps> = ({ answer: { tables }, plots, period }) => (
  <PlotSection
    id="endings"
    title="Requests by ending"
    note="The same requests by how they ended, or by the state that they have now."
    says="Requests by ending"
    caption="Requests by ending, as a table"
    rows={tables.endings}
    plot={barsOf(plots, 'requests', 'Requests')}
    columns={[
      labelColumn('Ending or state'),
      requestsColumn(period, ({ label }) =>
        STATES.includes(label) ? `state:${label}` : `ending:${label} state:closed`,
      ),
    ]}
    empty="Nothing was requested in this time."
  />
);

/** How long a decision took, from when the policy had judged the request. */
export const Decisions: FC<NumbersProps> = ({ answer: { decisions, tables }, plots }) => {
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
      says="Decided requests by the time to the decision"
      rows={requests === 0 ? [] : tables['decision-times']}
      plot={barsOf(plots, 'requests', 'Requests')}
      columns={[labelColumn('Time to a decision'), numberColumn('Requests', 'requests')]}
      empty="Nobody decided about a request in this time."
    />
  );
};
