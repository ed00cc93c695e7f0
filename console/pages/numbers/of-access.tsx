import type { FC } from 'hono/jsx';
import type { NumbersRow } from '../../../audit/questions/index.ts';
import { ALLOWED_SECONDS, MOST_USES } from '../../../core/numbers.ts';
import { usePage } from '../../page-context.ts';
import type { Column } from '../../parts/table.tsx';
import { lengthText } from '../../parts/time.tsx';
import { USE_WORDS } from '../../parts/request-columns.tsx';
import { barsOf, countOf, howMany, isCounted, labelColumn, numberColumn, PlotSection } from './columns.tsx';
import type { NumbersProps } from './numbers.tsx';

/** When access was granted. */
export const Grants: FC<NumbersProps> = ({ answer: { by, tables }, plots }) => {
  const { zone } = usePage().reader;
  const isDays = by === 'day';
  const title = isDays ? 'Grants by day' : 'Grants by week';
  const days = `${isDays ? 'Day' : 'Monday of the week'} (${zone})`;
  return (
    <PlotSection
      {...{ id: 'grants', title, says: title, caption: `${title}, as a table` }}
      note={`A grant is the access of one person at one target, from the read that showed it. ${
        isDays
          ? 'The first and the last day may be in the time only in part.'
          : 'A week begins on Monday. The first and the last week may be in the time only in part.'
      }`}
      rows={isCounted(tables.grants, 'grants') ? tables.grants : []}
      plot={(rows, says) =>
        plots.daysPlot(
          rows.map((row) => ({
            ...{ label: row.label.slice(5), count: countOf(row, 'grants') },
            title: `${row.label}: ${countOf(row, 'grants')}`,
          })),
          { says, axis: 'Grants', days },
        )
      }
      columns={[labelColumn(isDays ? 'Day' : 'Week of'), numberColumn('Grants', 'grants')]}
      empty="Nothing was granted in this time."
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
      says="Grants that ended, by the time after the approved end"
      rows={grants === 0 ? [] : tables.ends}
      plot={barsOf(plots, 'grants', 'Grants')}
      columns={[labelColumn('Shown as gone'), numberColumn('Grants', 'grants')]}
      empty="No grant ended in this time."
    />
  );
};

const medianColumn = (name: string, key: string): Column<NumbersRow> => ({
  name,
  isNumber: true,
  of: (row) => lengthText(countOf(row, key)),
});

/** A length in minutes, and as people read it. */
const pairOf = (row: NumbersRow) => {
  const [approved, held] = [countOf(row, 'approved'), countOf(row, 'held')];
  const title = `${row.label}: approved ${lengthText(approved)}, held ${lengthText(held)}`;
  return { label: row.label, approved: approved / 60, held: held / 60, title };
};

/** The length that was approved against the time held. */
export const Lengths: FC<NumbersProps> = ({ answer: { tables }, plots }) => (
  <PlotSection
    id="lengths"
    title="Approved length and time held"
    note="Grants that began in this time and are over, by the length that was requested and approved, with extensions. Each length is the median, rounded up by at most 10 percent or 1 second, whichever is more. In the plot, the line across is what was approved, and the dot is what was held."
    says="The length that was approved and the time held, by length"
    caption="Approved length and time held, as a table"
    rows={tables.lengths.filter((row) => countOf(row, 'grants') > 0)}
    plot={(rows, says) => plots.pairsPlot(rows.map(pairOf), { says, axis: 'Median length' })}
    columns={[
      ...[labelColumn('Length'), numberColumn('Grants', 'grants')],
      ...[medianColumn('Approved', 'approved'), medianColumn('Held', 'held')],
    ]}
    empty="No grant of this time is over."
  />
);

const isVerdict = (text: string): text is keyof typeof USE_WORDS => Object.hasOwn(USE_WORDS, text);

/** What was done with the same grants. */
export const Use: FC<NumbersProps> = ({ answer: { tables }, plots }) => (
  <PlotSection
    id="use"
    title="Use"
    note={`What was done with these grants, where the provider can tell: the newest ${MOST_USES} of them. “Never used” means that the provider showed everything from the grant to the end, and there was nothing.`}
    says="Grants by their use"
    rows={tables.use
      .filter((row) => countOf(row, 'grants') > 0)
      .map((row) => ({ ...row, label: isVerdict(row.label) ? USE_WORDS[row.label] : row.label }))}
    plot={barsOf(plots, 'grants', 'Grants')}
    columns={[labelColumn('Use'), numberColumn('Grants', 'grants')]}
    empty="No grant of this time is over."
  />
);
