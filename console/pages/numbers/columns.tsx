import { raw } from 'hono/html';
import type { Child, FC } from 'hono/jsx';
import type { NumbersRow } from '../../../audit/questions/index.ts';
import { oneLine } from '../../../core/text.ts';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import type { PlotBar, PlotText } from './plots.ts';

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

/** The plots, which are loaded only for the page that draws them. */
export type Plots = typeof import('./plots.ts');

/** The rows of a table as bars of the values under a key. */
export const barsOf =
  (
    { barsPlot }: Plots,
    key: string,
    axis: string,
    nameOf: (row: NumbersRow) => string = ({ label }) => label,
  ) =>
  (rows: readonly NumbersRow[], says: string): string => {
    const bars = rows.map((row): PlotBar => {
      const label = oneLine(nameOf(row));
      return { label, count: countOf(row, key), title: `${label}: ${countOf(row, key)}` };
    });
    return barsPlot(bars, { says, axis });
  };

type SectionProps = Readonly<{
  id: string;
  title: string;
  /** How the numbers are counted. */
  note: Child;
  /** What the plot shows. It is read aloud instead of it. */
  says: PlotText['says'];
  /** The caption of the table, when it is not what the plot says. */
  caption?: string;
  /** Without rows nothing is drawn. */
  rows: readonly NumbersRow[];
  plot: (rows: readonly NumbersRow[], says: string) => string;
  columns: readonly Column<NumbersRow>[];
  empty: string;
}>;

/** A plot and its table. They have the same numbers. */
export const PlotSection: FC<SectionProps> = ({ id, title, note, says, rows, plot, ...table }) => (
  <Section id={id} title={title}>
    <p>{note}</p>
    <div class="plotted">
      {/* Plot made it, and escaped every text in it. */}
      {rows.length > 0 && <div class="plotted__plot">{raw(plot(rows, says))}</div>}
      <Table caption={table.caption ?? says} columns={table.columns} rows={rows} empty={table.empty} />
    </div>
  </Section>
);
