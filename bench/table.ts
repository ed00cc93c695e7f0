import type { Ends, Removal } from './ends.ts';
import { type Load, leastTimes } from './load.ts';
import type { LoadSize } from './load-world.ts';
import type { LogMeasures } from './log-measures.ts';
import type { Memory } from './memory.ts';
import type { Questions } from './questions.ts';
import type { RequestSearches } from './request-search.ts';
import type { Round } from './rounds.ts';

/** The value below which that share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Four figures at most: more would be noise. */
export const figure = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

const spread = (values: readonly number[], low = 0, high = 1): string =>
  `${figure(median(values))} (${figure(quantile(values, low))} to ${figure(quantile(values, high))})`;

/** Both sides and their ratios, each with the median and the least and most of its rounds. */
export function livesTable(pairs: readonly Readonly<{ a: Round; b: Round }>[]): string {
  const row = (title: string, of: (round: Round) => number) => [
    title,
    spread(pairs.map(({ a }) => of(a))),
    spread(pairs.map(({ b }) => of(b))),
    spread(pairs.map(({ a, b }) => of(a) / of(b))),
  ];
  return table([
    ['', 'curfew', 'bare', 'ratio'],
    row('worker CPU, ms a life', ({ cpuMs }) => cpuMs),
    row('lives a second', ({ perSecond }) => perSecond),
    row('history events', ({ events }) => events),
  ]);
}

export const clicksTable = (click: readonly number[], insert: readonly number[]): string =>
  table([
    ['', 'click written', 'one insert', 'ratio of medians'],
    ['ms', spread(click, 0.1, 0.9), spread(insert, 0.1, 0.9), figure(median(click) / median(insert))],
  ]);

export const questionsTable = ({ answers, scans, rows }: Questions): string =>
  table([
    ['', 'answer', 'scan', 'ratio of medians', 'rows'],
    [
      'ms',
      spread(answers, 0.1, 0.9),
      spread(scans, 0.1, 0.9),
      figure(median(answers) / median(scans)),
      spread(rows, 0.1, 0.9),
    ],
  ]);

const SLOWEST = 10;

/** The slowest pages with their ratios to a scan, then all of them in one line, and the plan of the slowest. */
export function searchLines({ searches, scans }: RequestSearches): string {
  const sorted = [...searches].sort((a, b) => median(b.pages) - median(a.pages));
  const scan = median(scans);
  const all = searches.map(({ pages }) => median(pages));
  const row = (what: string, pages: number, counts: number) => [
    what,
    figure(pages),
    figure(pages / scan),
    figure(counts),
  ];
  return [
    table([
      ['search', 'page, ms', 'ratio', 'count, ms'],
      ...sorted
        .slice(0, SLOWEST)
        .map(({ search, pages, counts }) => row(search, median(pages), median(counts))),
      row('the median search', median(all), median(searches.map(({ counts }) => median(counts)))),
    ]),
    `\n  A scan: ${figure(scan)} ms. Pages over 100 ms: ${all.filter((ms) => ms > 100).length} of ${all.length}. The plan of the slowest:\n`,
    ...(sorted[0]?.plan ?? []).map((line) => `  ${line}`),
  ].join('\n');
}

/** Each time beside the least that Slack's limits allow, and their ratio. */
export function loadTable(load: Load, size: LoadSize): string {
  const least = leastTimes(size);
  const row = (title: string, of: keyof typeof least) => [
    title,
    figure(load[of]),
    figure(least[of]),
    figure(load[of] / least[of]),
  ];
  return table([
    ["seconds, at Slack's speed", 'curfew', "least by Slack's limits", 'ratio'],
    row('requests until every approver is asked', 'askedS'),
    row('approvals until every requester is told', 'toldS'),
    row('requests until the channel has every card', 'channelS'),
    row('approvals until every message shows them', 'editedS'),
  ]);
}

/** The time until the last access was removed beside the least for two calls for each, and their ratio. */
export function endsTable({ due, ended }: Ends): string {
  const row = (title: string, { tookS, calls, leastS }: Removal) => [
    title,
    figure(tookS),
    String(calls),
    figure(leastS),
    figure(tookS / leastS),
  ];
  return table([
    ['seconds', 'curfew', 'calls', "least by the vendor's limit", 'ratio'],
    row('all end in the same second', due),
    row('people end all of them', ended),
  ]);
}

const MB = 1024 * 1024;

/** The memory at each point, and what a lease costs between the point before and this one. */
export function memoryTable({ points }: Memory): string {
  const rows = points.map(({ leases, bytes }, place) => {
    const before = points[place - 1];
    const each = before ? (bytes - before.bytes) / (leases - before.leases) / 1024 : undefined;
    return [String(leases), figure(bytes / MB), each === undefined ? '' : figure(each)];
  });
  return table([['live leases', 'MB', 'KB for each lease more'], ...rows]);
}

/** Rows with their columns under each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

/** The median of values, and the least and the most. */
export const spreadOf = (values: readonly number[]): string => spread(values);

/** What the log costs against the same without it. The ratio is that of the medians. */
export function logTable({ appends, verified, hashed }: LogMeasures): string {
  const row = (what: string, a: readonly number[], b: readonly number[], ratio: number) => [
    what,
    spread(a),
    spread(b),
    figure(ratio),
  ];
  return table([
    ['', 'with the log', 'without it', 'ratio'],
    ...appends.map(({ writers, events, bare }) =>
      row(`appends a second, ${writers} at once`, events, bare, median(events) / median(bare)),
    ),
    row('verification against its SHA-256 calls, ms', verified, hashed, median(hashed) / median(verified)),
  ]);
}
