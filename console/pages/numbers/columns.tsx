import type { NumbersRow } from '../../../audit/questions/index.ts';
import { oneLine } from '../../../core/text.ts';
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
