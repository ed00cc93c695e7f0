import * as questions from '../../audit/questions/index.ts';
import {
  askedOf,
  type KnownNames,
  mistakeLine,
  parseSearch,
  type Search,
  unknownValues,
} from '../../audit/search/index.ts';
import { quoted } from '../../audit/search/words.ts';
import type { Instant } from '../../core/ids.ts';
import { PAGE_PLACE, REQUEST_COLUMNS } from '../../core/request/list-row.ts';
import type { Ledger } from '../../ledger/index.ts';
import { USUAL_LIMIT } from '../list/filter-options.ts';
import { CommandError } from '../terminal/exit.ts';
import { sayIdsOnly, searchableNames } from '../terminal/known-names.ts';
import { LOCAL_ZONE } from '../terminal/local-zone.mjs';
import { formatOf, type OutputOptions, print, writeLine } from '../terminal/output.ts';
import { forPeople, limited, sayNotWhole, stream } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

export type RequestsOptions = OutputOptions & Readonly<{ limit?: number; after?: string; before?: string }>;

const COLUMNS = {
  at: 'WHEN (UTC)',
  person: 'PERSON',
  entitlement: 'ENTITLEMENT',
  state: 'STATE',
  ending: 'ENDING',
  approved_by: 'APPROVED BY',
  providers: 'AT',
  classes: 'CLASS',
  refusals: 'REFUSED',
  ends_at: 'UNTIL (UTC)',
  id: 'REQUEST',
};
const NO_NAMES: KnownNames = { person: [], entitlement: [], provider: [] };

/** `curfew audit requests` */
export const runAuditRequests = (words: readonly string[], options: RequestsOptions): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    if (words.length > 0) sayIdsOnly(config);
    const known = await searchableNames(config);
    const search = searchTyped(words, await ledger.now(), known ?? NO_NAMES);
    const question = { search: askedOf(search), visible: 'all' } as const;
    const { after, before, limit } = options;
    for (const place of [after, before])
      if (place !== undefined && !PAGE_PLACE.test(place))
        throw new CommandError(
          'usage',
          'A place is a row, as a page prints it after More or Newer: give all of it.',
        );
    if (after !== undefined && before !== undefined)
      throw new CommandError('usage', 'A page is after a row or before one: give --after or --before.');
    await sayWhatIsPurged(ledger, search);
    const format = formatOf(options);
    if (format === 'table') return printTable(ledger, question, { ...options, search, known });
    const page =
      before === undefined
        ? undefined
        : await questions.requestPage(ledger, question, { before, most: limit ?? USUAL_LIMIT });
    const rows = page ? rowsIn(page.rows) : questions.requestRows(ledger, question, after);
    await stream(limited(rows, limit ?? Infinity), format, REQUEST_COLUMNS);
  });

async function* rowsIn<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

/**
 * The words of a command line. A shell removes quotes, so a word with spaces in it is understood both as several words and as one value,
 * whichever is a search.
 */
function searchTyped(words: readonly string[], now: Instant, known: KnownNames): Search {
  const context = { now, timeZone: LOCAL_ZONE, known };
  const typed = words.join(' ');
  const read = parseSearch(typed, context);
  if (read.ok) return read.value;
  const whole = parseSearch(words.map(asOneWord).join(' '), context);
  if (whole.ok) return whole.value;
  throw new CommandError(
    'usage',
    ['The search cannot be read.', ...read.error.map((mistake) => `  ${mistakeLine(mistake)}`)].join('\n'),
  );
}

const asOneWord = (word: string): string => {
  const [, key = '', value = ''] = /^([A-Za-z-]+:)?(.*)$/s.exec(word) ?? [];
  return /[\s"]/.test(value) ? `${key}${quoted(value)}` : word;
};

/** On the standard error, because it is no row of the answer. */
async function sayWhatIsPurged(ledger: Ledger, { from }: Search): Promise<void> {
  const time = await ledger.purgedBefore();
  if (time !== undefined && (from === undefined || from.at < time)) sayNotWhole(time);
}

type TableOptions = RequestsOptions & Readonly<{ search: Search; known: KnownNames | undefined }>;

async function printTable(
  ledger: Ledger,
  question: questions.RequestQuestion,
  { limit = USUAL_LIMIT, after, before, search, known }: TableOptions,
): Promise<void> {
  const [page, count] = await Promise.all([
    questions.requestPage(ledger, question, { most: limit, after, before }),
    questions.countRequests(ledger, question),
  ]);
  if (count === 0 && known) assertNamesKnown(search, known);
  const isPage = after !== undefined || before !== undefined;
  print(
    page.rows.map(forPeople),
    'table',
    COLUMNS,
    isPage && count > 0 ? 'No more requests.' : 'No request matches.',
  );
  if (page.rows.length === 0) return;
  const more = page.next === undefined ? [] : [`More: add --after "${page.next}"`];
  const newer = page.previous === undefined ? [] : [`Newer: add --before "${page.previous}"`];
  if (more.length + newer.length > 0)
    ['', `${countWords(count)} match.`, ...newer, ...more].forEach(writeLine);
}

const countWords = (count: number): string =>
  count > questions.MOST_COUNTED ? `More than ${questions.MOST_COUNTED} requests` : `${count} requests`;

/** Somebody who left the files may still have requests, so names are checked only when nothing is found. */
function assertNamesKnown({ is }: Search, known: KnownNames): void {
  const [first] = unknownValues(is, known);
  if (!first) return;
  const { key, value, instead } = first;
  throw new CommandError(
    'notFound',
    `No request matches. The policy files have no ${key === 'approver' ? 'person' : key} "${value}".${instead === undefined ? '' : ` Did you mean ${instead}?`}`,
  );
}
