import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

// Only the page of numbers imports this file, and only when it is requested: Plot and D3 take long to load.

/** What a plot needs besides its points. `says` is read aloud instead of it, and the axes name their units. */
export type PlotText = Readonly<{ says: string; axis: string }>;
/** A bar: how long it is, its label on the axis, and what it says when somebody points at it. */
export type PlotBar = Readonly<{ label: string; count: number; title: string }>;
/** The median length that was approved and the median time held, in minutes. */
export type PlotPair = Readonly<{ label: string; approved: number; held: number; title: string }>;

/** In units of its own, which the page scales. */
const WIDTH = 400;
const ROW = 24;
const FONT = 12;
/** The width of a character, roughly. */
const CHARACTER = 7;
const MOST_LABEL = 24;
const MARGINS = { top: 6, right: 16, bottom: 42 } as const;
const ACCENT = 'var(--accent)';
const INK = 'var(--ink)';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Counts as bars, one below the other. */
export function barsPlot(bars: readonly PlotBar[], text: PlotText): string {
  const rows = bars.map((bar, place) => ({ ...bar, place }));
  return svgOf(
    {
      ...sideLabels(rows),
      x: { ...countScale(rows, text.axis), labelAnchor: 'center' },
      marks: [
        Plot.barX(rows, {
          x: 'count',
          y: 'place',
          title: 'title',
          fill: ACCENT,
          insetTop: 3,
          insetBottom: 3,
        }),
        Plot.ruleX([0]),
      ],
    },
    text,
  );
}

/** Counts of days or weeks, from left to right. */
export function daysPlot(
  bars: readonly PlotBar[],
  { days, ...text }: PlotText & Readonly<{ days: string }>,
): string {
  const rows = bars.map((bar, place) => ({ ...bar, place }));
  const step = Math.ceil(rows.length / 6);
  return svgOf(
    {
      height: 190,
      marginTop: 24,
      marginLeft: 48,
      marginBottom: MARGINS.bottom,
      x: {
        type: 'band',
        domain: rows.map(({ place }) => place),
        padding: 0.15,
        label: days,
        labelAnchor: 'center',
        labelArrow: 'none',
        tickSize: 0,
        tickFormat: (place: number) => (place % step === 0 ? (rows[place]?.label ?? '') : ''),
      },
      y: countScale(rows, text.axis),
      marks: [Plot.barY(rows, { x: 'place', y: 'count', title: 'title', fill: ACCENT }), Plot.ruleY([0])],
    },
    text,
  );
}

const LENGTHS = [
  [0, '0'],
  [15, '15 min'],
  [60, '1 h'],
  [240, '4 h'],
  [1440, '1 d'],
  [10_080, '7 d'],
  [43_200, '30 d'],
] as const;

/** Two lengths on one line each: a stroke is what was approved, a dot what was held. Short lengths have as much room as long ones. */
export function pairsPlot(pairs: readonly PlotPair[], text: PlotText): string {
  const rows = pairs.map((pair, place) => ({ ...pair, place }));
  const most = Math.max(15, ...rows.flatMap(({ approved, held }) => [approved, held]));
  const least = Math.min(0, ...rows.flatMap(({ approved, held }) => [approved, held]));
  const y = { y: 'place', title: 'title' };
  return svgOf(
    {
      ...sideLabels(rows),
      x: {
        type: 'symlog',
        constant: 15,
        domain: [least, most],
        grid: true,
        label: text.axis,
        labelAnchor: 'center',
        labelArrow: 'none',
        tickSize: 0,
        ticks: LENGTHS.flatMap(([minutes]) => (minutes <= most ? [minutes] : [])),
        tickFormat: (minutes: number) => LENGTHS.find(([each]) => each === minutes)?.[1] ?? '',
      },
      marks: [
        Plot.link(rows, { x1: 'held', x2: 'approved', y1: 'place', y2: 'place', stroke: ACCENT }),
        Plot.tickX(rows, { ...y, x: 'approved', stroke: INK, strokeWidth: 2, insetTop: 4, insetBottom: 4 }),
        Plot.dot(rows, { ...y, x: 'held', r: 4, fill: ACCENT }),
      ],
    },
    text,
  );
}

type Placed = Readonly<{ label: string; place: number }>;

/** Two rows with the same label are still two rows, so the rows are told apart by their place. */
function sideLabels(rows: readonly Placed[]): Plot.PlotOptions {
  const labels = rows.map(({ label }) => shortened(label));
  return {
    height: rows.length * ROW + MARGINS.top + MARGINS.bottom,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    marginLeft: Math.max(...labels.map((label) => [...label].length), 1) * CHARACTER + 12,
    y: {
      type: 'band',
      domain: rows.map(({ place }) => place),
      label: null,
      tickSize: 0,
      tickFormat: (place: number) => labels[place] ?? '',
    },
  };
}

const shortened = (label: string): string => {
  const characters = [...label];
  return characters.length <= MOST_LABEL ? label : `${characters.slice(0, MOST_LABEL - 1).join('')}…`;
};

/** From zero, with whole numbers only. */
function countScale(rows: readonly Readonly<{ count: number }>[], label: string): Plot.ScaleOptions {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const ticks = Math.min(5, most);
  return { domain: [0, most], grid: true, label, labelArrow: 'none', ticks, tickSize: 0 };
}

/** The attributes that say where a mark is. A tenth of a unit is less than a pixel. */
const PLACES = ['d', 'transform', 'x', 'x1', 'x2', 'y', 'y1', 'y2', 'width', 'height', 'cx', 'cy'];
const rounded = (exact: string): string => String(Math.round(Number(exact) * 10) / 10);

/** The policy of the pages allows no inline style, so what Plot writes there is in console.css. */
function svgOf(options: Plot.PlotOptions, { says }: PlotText): string {
  const svg = Plot.plot({
    document: document as never,
    width: WIDTH,
    marginRight: MARGINS.right,
    className: 'plot',
    ariaLabel: says,
    ...options,
  });
  svg.querySelector('style')?.remove();
  // The image has one name. A part of it with a name and without a role is a barrier (axe: aria-prohibited-attr).
  for (const part of svg.querySelectorAll('g')) part.removeAttribute('aria-label');
  for (const mark of svg.querySelectorAll('*'))
    for (const name of PLACES) {
      const exact = mark.getAttribute(name);
      if (exact !== null) mark.setAttribute(name, exact.replaceAll(/\d+\.\d+/g, rounded));
    }
  svg.setAttribute('role', 'img');
  svg.setAttribute('font-size', String(FONT));
  svg.removeAttribute('font-family');
  return svg.outerHTML;
}
