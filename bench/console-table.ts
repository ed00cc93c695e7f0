import type { ConsolePages, PageMeasure } from './console-pages.ts';
import { figure, median, table } from './table.ts';

/** What each page may take at the server, and its size with its style and its scripts. */
const GOAL = { ms: 100, bytes: 100_000 } as const;
/** So many pages have the plan of their slowest statement under the table. */
const PLANS = 5;

/** The pages, the slowest first, which of them are over the goal, and the plans of the slowest statements of the slowest ones. */
export function consoleLines({ pages, reads }: ConsolePages): string {
  const read = median(reads);
  const sorted = [...pages].sort((a, b) => median(b.ms) - median(a.ms));
  const failed = pages.filter(({ status }) => status !== 200);
  return [
    table([
      ['page', 'ms', 'worst', 'ratio', 'slowest statement, ms', 'KB', 'KB with scripts'],
      ...sorted.map(({ what, ms, slowest, bytes, withScripts }) => [
        ...[what, figure(median(ms)), figure(Math.max(...ms)), figure(median(ms) / read), figure(slowest.ms)],
        ...[bytes, withScripts].map((size) => figure(size / 1000)),
      ]),
    ]),
    `\n  A read of one row by its primary key: ${figure(read)} ms.`,
    overLine(
      `over ${GOAL.ms} ms`,
      sorted.filter(({ ms }) => median(ms) > GOAL.ms),
      sorted.length,
    ),
    overLine(
      `over ${GOAL.bytes / 1000} KB`,
      sorted.filter(({ withScripts }) => withScripts > GOAL.bytes),
      sorted.length,
    ),
    ...(failed.length === 0 ? [] : [overLine('without an answer', failed, sorted.length)]),
    '\n  The plans of the slowest statements of the slowest pages:',
    ...sorted.slice(0, PLANS).flatMap(planLines),
  ].join('\n');
}

const overLine = (what: string, pages: readonly PageMeasure[], all: number): string =>
  `  Pages ${what}: ${pages.length} of ${all}${pages.length === 0 ? '' : ` (${pages.map((page) => page.what).join('; ')})`}.`;

const planLines = ({ what, slowest: { sql, plan } }: PageMeasure): readonly string[] => [
  `\n  ${what}: ${sql.replaceAll(/\s+/g, ' ').slice(0, 300)}`,
  ...plan.map((line) => `    ${line}`),
];
