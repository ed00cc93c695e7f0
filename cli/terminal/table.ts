import { oneLine } from '../../core/text.ts';
import { capped } from '../../wording/text.ts';
import { type Style, styled } from './style.ts';

/** One column. `least` is how narrow it may become; without it the column is never cut. */
export type Column<R> = Readonly<{
  heading: string;
  text: (row: R) => string | null;
  style?: (row: R) => Style | undefined;
  least?: number;
  /** Left out while no row has a text. */
  isOptional?: boolean;
  /** Of the columns for which there is no room, the one with the highest number is left out first. Without it, never. */
  leftOut?: number;
}>;

/** `width` is that of the terminal, in characters. Without it nothing is cut. */
export type Shape = Readonly<{ width?: number | undefined; coloured?: boolean }>;

const GAP = '  ';
const NONE = '-';

/** The lines of a table. With a width, columns are cut and left out until a line fits. */
export function tableLines<R>(
  rows: readonly R[],
  all: readonly Column<R>[],
  { width, coloured = false }: Shape = {},
): readonly string[] {
  const used = all.filter(({ isOptional, text }) => !isOptional || rows.some((row) => text(row) !== null));
  const measured = used.map((column) => measure(column, rows));
  const fitted = width === undefined ? measured : fit(measured, width);
  const heading = fitted.map(({ column }) => ({ text: column.heading, style: 'bold' as const }));
  const lines = rows.map((_row, index) =>
    fitted.map(({ column, cells }) => {
      const row = rows[index];
      return { text: cells[index] ?? NONE, style: row === undefined ? undefined : column.style?.(row) };
    }),
  );
  return [heading, ...lines].map((cells) =>
    cells
      .map(({ text, style }, place) => {
        const size = fitted[place]?.size ?? 0;
        const shown = capped(text, size);
        const isLast = place === cells.length - 1;
        return (
          styled(style, shown, coloured) + (isLast ? '' : ' '.repeat(Math.max(0, size - widthOf(shown))))
        );
      })
      .join(GAP)
      .trimEnd(),
  );
}

type Measured<R> = Readonly<{ column: Column<R>; cells: readonly string[]; size: number }>;

function measure<R>(column: Column<R>, rows: readonly R[]): Measured<R> {
  const cells = rows.map((row) => oneLine(column.text(row) ?? NONE));
  return { column, cells, size: Math.max(column.heading.length, ...cells.map(widthOf)) };
}

/** Leaves columns out until the others fit when they are cut, and gives each of those as much room as there is. */
function fit<R>(columns: readonly Measured<R>[], width: number): readonly Measured<R>[] {
  const smallest = ({ column, size }: Measured<R>): number => Math.min(size, column.least ?? size);
  const sum = (sizes: readonly number[]): number =>
    sizes.reduce((total, size) => total + size, 0) + GAP.length * (sizes.length - 1);
  let kept = columns;
  while (sum(kept.map(smallest)) > width) {
    const numbers = kept.flatMap(({ column }) => column.leftOut ?? []);
    if (numbers.length === 0) break;
    const last = Math.max(...numbers);
    kept = kept.filter(({ column }) => column.leftOut !== last);
  }
  let room = width - sum(kept.map(smallest));
  return kept.map((each) => {
    const more = Math.max(0, Math.min(each.size - smallest(each), room));
    room -= more;
    return { ...each, size: smallest(each) + more };
  });
}

const widthOf = (text: string): number => [...text].length;
