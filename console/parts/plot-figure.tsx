import { raw } from 'hono/html';
import type { Child, FC } from 'hono/jsx';

/** The plots, which are loaded only for the page that draws them. */
export type Plots = typeof import('../pages/numbers/plots.ts');

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
