import {
  ALLOWED_SECONDS,
  binNames,
  binOf,
  type Bins,
  DECISION_BINS,
  END_BINS,
  LENGTH_BINS,
  type NumberName,
} from '../../core/numbers.ts';
import type { Part } from './parts.ts';
import type { NumberRow } from './question.ts';

/** The lists that are counted in parts. */
export type CountedName = Exclude<NumberName, 'use'>;

/** The rows of each list, as the statements for auditors have them. `heldNow`: how much is held too long now. */
export function rowsOf(
  parts: readonly Part[],
  heldNow: number,
): Readonly<Record<CountedName, readonly NumberRow[]>> {
  const of = (list: string): readonly Part[] => parts.filter((part) => part.list === list);
  const [decided, ended] = [of('decided'), of('ended')];
  return {
    decisions: [
      {
        requests: amountOf(decided),
        median: percentileOf(decided, 0.5),
        ninetieth: percentileOf(decided, 0.9),
      },
    ],
    'decision-times': binRows(
      decided,
      DECISION_BINS,
      ({ value }) => binOf(value, DECISION_BINS),
      (each) => ({
        requests: amountOf(each),
      }),
    ),
    grants: counted(of('granted'), 'grants').toSorted(byLabel),
    lengths: lengthRows(of('approved'), of('held')),
    refusals: counted(of('refused'), 'attempts').toSorted(mostFirst('attempts')),
    overstays: [
      {
        grants: amountOf(ended),
        overstays: amountOf(ended.filter(({ value }) => value > ALLOWED_SECONDS)),
        longest: ended.length === 0 ? null : Math.max(...ended.map(({ value }) => value)),
        held_now: heldNow,
      },
    ],
    ends: binRows(ended, END_BINS, placeOf, (each) => ({ grants: amountOf(each) })),
    entitlements: counted(of('requested'), 'requests').toSorted(mostFirst('requests')),
    endings: counted(of('state'), 'requests').toSorted(mostFirst('requests')),
  };
}

const amountOf = (parts: readonly Part[]): number => parts.reduce((sum, { amount }) => sum + amount, 0);

/** The least value that so much of all has at most, as `percentile_disc` of SQL. */
function percentileOf(parts: readonly Part[], share: number): number | null {
  const wanted = share * amountOf(parts);
  let seen = 0;
  for (const { value, amount } of parts.toSorted((a, b) => a.value - b.value)) {
    seen += amount;
    if (seen >= wanted) return value;
  }
  return null;
}

/** The label of a part that was put into a bin is the place of the bin. */
const placeOf = ({ label }: Part): number => Number(label);

/** A row for each bin that has something. */
function binRows(
  parts: readonly Part[],
  bins: Bins,
  place: (part: Part) => number,
  row: (parts: readonly Part[], place: number) => NumberRow,
): readonly NumberRow[] {
  return binNames(bins).flatMap((label, each) => {
    const found = parts.filter((part) => place(part) === each);
    return found.length === 0 ? [] : [{ label, ...row(found, each) }];
  });
}

const lengthRows = (approved: readonly Part[], held: readonly Part[]): readonly NumberRow[] =>
  binRows(approved, LENGTH_BINS, placeOf, (each, place) => ({
    grants: amountOf(each),
    approved: percentileOf(each, 0.5),
    held: percentileOf(
      held.filter((part) => placeOf(part) === place),
      0.5,
    ),
  }));

/** A row for each label. */
function counted(parts: readonly Part[], key: string): readonly NumberRow[] {
  const sums = new Map<string, number>();
  for (const { label, amount } of parts) sums.set(label, (sums.get(label) ?? 0) + amount);
  return [...sums].map(([label, sum]) => ({ label, [key]: sum }));
}

const byLabel = (one: NumberRow, other: NumberRow): number =>
  String(one['label']) < String(other['label']) ? -1 : 1;

const mostFirst =
  (key: string) =>
  (one: NumberRow, other: NumberRow): number =>
    Number(other[key]) - Number(one[key]) || byLabel(one, other);
