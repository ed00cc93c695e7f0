import { dayNumber, dayOf, localMoment, weekdayOf } from '../../core/calendar.ts';
import type { Instant } from '../../core/ids.ts';
import { ENDINGS } from '../../core/request/endings.ts';
import { binNames, DECISION_BINS, END_BINS, LENGTH_BINS, type NumberName } from '../../core/numbers.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Ledger, NumberQuestion, NumberRow } from '../../ledger/index.ts';
import type { Period } from './period.ts';

const DAY_MS = 86_400_000;

/** A time has at most so many days. The numbers of a longer one would take too long. */
const MOST_DAYS = 366;
/** A time without a beginning has so many. */
const USUAL_DAYS = 30;
/** Grants of a longer time are counted by week. */
const MOST_SINGLE_DAYS = 31;
/** So many entitlements have a row of their own. */
const MOST_ENTITLEMENTS = 15;

/** A time, both ends included, and the zone of its days. `wholePeriod` makes it. */
export type NumbersTime = WholePeriod & Readonly<{ zone: string }>;

/** A row of a table: what it is about, and its numbers by the keys of the columns. A time is in seconds. Null: there is none. */
export type NumbersRow = Readonly<{
  label: string;
  values: Readonly<Record<string, number | null>>;
  /** The row is the sum of so many others. */
  together?: number;
}>;

/** Numbers about requests and access in a time. Each table is in the order in which people read it. */
export type Numbers = Readonly<{
  by: 'day' | 'week';
  /** How many requests were decided, and the seconds in which half and nine of ten of them were. */
  decisions: Readonly<{ requests: number; median: number | null; ninetieth: number | null }>;
  /** Grants that ended. `longest`: the longest time after an approved end, in seconds. `held_now`: those that are held too long now, whenever they began. */
  overstays: Readonly<{ grants: number; overstays: number; longest: number | null; held_now: number }>;
  tables: Readonly<Record<TableName, readonly NumbersRow[]>>;
}>;

/** The lists of numbers that are a table. */
export type TableName = Exclude<NumberName, 'decisions' | 'overstays'>;

/** A time between two moments, both included. */
export type WholePeriod = Readonly<{ from: Instant; to: Instant }>;

/** A period with both ends: until now, or of 30 days, when it does not say. The error is a sentence for people. */
export function wholePeriod({ to: end, from: start }: Period, now: Instant): Result<WholePeriod, string> {
  const to = end ?? now;
  const from = start ?? ((to - USUAL_DAYS * DAY_MS) as Instant);
  if (from >= to) return no('The beginning of the time must be before its end.');
  if (to - from > MOST_DAYS * DAY_MS)
    return no(`Numbers are of at most ${MOST_DAYS} days. Choose a later beginning or an earlier end.`);
  return ok({ from, to });
}

/** The question as the ledger answers it. */
export const numbersQuestion = ({ from, to, zone }: NumbersTime): NumberQuestion => ({
  ...{ from, to, zone },
  by: to - from > MOST_SINGLE_DAYS * DAY_MS ? 'week' : 'day',
});

/** All numbers of a time. What the ledger has no row for is zero. */
export async function numbersOf(
  { readNumbers }: Pick<Ledger, 'readNumbers'>,
  time: NumbersTime,
): Promise<Numbers> {
  const question = numbersQuestion(time);
  const lists = await readNumbers(question);
  const table = (name: TableName, labels?: readonly string[]): readonly NumbersRow[] => {
    const rows = lists[name].map(rowOf);
    return labels
      ? labels.map((label) => rows.find((row) => row.label === label) ?? none(name, label))
      : rows;
  };
  return {
    by: question.by,
    decisions: lists.decisions[0] as Numbers['decisions'],
    overstays: lists.overstays[0] as Numbers['overstays'],
    tables: {
      'decision-times': table('decision-times', binNames(DECISION_BINS)),
      grants: table('grants', daysOf(question)),
      lengths: table('lengths', binNames(LENGTH_BINS)),
      use: table('use'),
      refusals: table('refusals'),
      ends: table('ends', binNames(END_BINS)),
      entitlements: withOthers(table('entitlements')),
      endings: inOrder(table('endings')),
    },
  };
}

function rowOf({ label, ...values }: NumberRow): NumbersRow {
  return { label: String(label ?? ''), values: values as NumbersRow['values'] };
}

const COUNTED: Readonly<Record<TableName, NumbersRow['values']>> = {
  'decision-times': { requests: 0 },
  grants: { grants: 0 },
  lengths: { grants: 0, approved: null, held: null },
  use: { grants: 0 },
  refusals: { attempts: 0 },
  ends: { grants: 0 },
  entitlements: { requests: 0 },
  endings: { requests: 0 },
};

const none = (name: TableName, label: string): NumbersRow => ({ label, values: COUNTED[name] });

/** Every day of a time, or the Monday of every week, as `2026-11-29`. */
function daysOf({ from, to, zone, by }: NumberQuestion): readonly string[] {
  const dayAt = (at: Instant): number => dayNumber(localMoment(at, zone));
  const start = (day: number): number => (by === 'day' ? day : day - ((weekdayOf(day) + 6) % 7));
  const [first, last] = [start(dayAt(from)), dayAt(to)];
  const step = by === 'day' ? 1 : 7;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, each) => {
    const { year, month, day } = dayOf(first + each * step);
    return [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
  });
}

/** The entitlements with most requests, and the sum of the others in a row. No entitlement has an empty id. */
function withOthers(rows: readonly NumbersRow[]): readonly NumbersRow[] {
  const [shown, others] = [rows.slice(0, MOST_ENTITLEMENTS), rows.slice(MOST_ENTITLEMENTS)];
  if (others.length === 0) return shown;
  const requests = others.reduce((sum, { values }) => sum + (values['requests'] ?? 0), 0);
  return [...shown, { label: `${others.length} others`, values: { requests }, together: others.length }];
}

const ORDER = ['pending', 'granting', 'active', 'revoking', ...ENDINGS, 'refused'];

/** In the order of a request's life. */
const inOrder = (rows: readonly NumbersRow[]): readonly NumbersRow[] =>
  rows.toSorted((one, other) => ORDER.indexOf(one.label) - ORDER.indexOf(other.label));

/** A number on a line of its own: of which table and row, what it measures, and in which unit. */
export type NumberLine = Readonly<{
  table: string;
  row: string;
  measure: string;
  value: number | null;
  unit: 'count' | 's';
}>;

/** Every number of the tables, one on each line. */
export const numberLines = ({ decisions, overstays, tables }: Numbers): readonly NumberLine[] => [
  ...linesOf('decisions', [{ label: 'all', values: decisions }]),
  ...linesOf('overstays', [{ label: 'all', values: overstays }]),
  ...Object.entries(tables).flatMap(([table, rows]) => linesOf(table, rows)),
];

const TIMES: readonly string[] = ['median', 'ninetieth', 'longest', 'approved', 'held'];

const linesOf = (table: string, rows: readonly NumbersRow[]): readonly NumberLine[] =>
  rows.flatMap(({ label, values }) =>
    Object.entries(values).map(([measure, value]) => ({
      ...{ table, row: label, measure, value },
      unit: TIMES.includes(measure) ? 's' : 'count',
    })),
  );
