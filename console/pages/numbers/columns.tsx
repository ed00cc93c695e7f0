import type { NumbersRow } from '../../../audit/questions/index.ts';
import { oneLine } from '../../../core/text.ts';
import { raw } from 'hono/html';
import type { Child, FC } from 'hono/jsx';
import type { PlotBar } from './plots.ts';
import type { Column } from '../../parts/table.tsx';

export const countOf = ({ values }: NumbersRow, key: string): number => values[key] ?? 0;

export const isCounted = (rows: readonly NumbersRow[], key: string): boolean =>
  rows.some((row) => countOf(row, key) > 0);

/** A count as people read it: `12,345 requests`. */
export const howMany = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

export const labelColumn = (name: string): Column<NumbersRow> => ({
  name,
  of: ({ label }) => oneLine(label),
});

export const numberColumn = (name: string, key: string): Column<NumbersRow> => ({
  name,
  isNumber: true,
  of: (row) => countOf(row, key).toLocaleString('en'),
});

/** The rows of a table as the bars of its plot. */
export const barsOf = (
  rows: readonly NumbersRow[],
  key: string,
  nameOf: (row: NumbersRow) => string = ({ label }) => label,
): readonly PlotBar[] =>
  rows.map((row) => {
    const label = oneLine(nameOf(row));
    return { label, count: countOf(row, key), title: `${label}: ${countOf(row, key)}` };
  });

/** The plots, which are loaded only for the page that draws them. */
export type Plots = typeof import('./plots.ts');

type SectionProps = Readonly<{
  id: string;
  title: string;
  /** How the numbers are counted. */
  note: Child;
  /** Undefined when there is nothing to draw. */
  plot: string | undefined;
  table: Child;
}>;

/** A plot and its table. They have the same numbers. */
export const PlotSection: FC<SectionProps> = ({ id, title, note, plot, table }) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    <p>{note}</p>
    <div class="plotted">
      {/* Plot made it, and escaped every text in it. */}
      {plot !== undefined && <div class="plotted__plot">{raw(plot)}</div>}
      {table}
    </div>
  </section>
);
