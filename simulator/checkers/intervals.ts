import type { Disturbance, Facts } from '../world/facts.ts';
import type { FaultWindow } from '../world/fault-kinds.ts';

/** From `from` (inclusive) to `to` (exclusive), in milliseconds since 1970. */
export type Interval = Readonly<{ from: number; to: number }>;

const SECOND = 1_000;
/** While nothing goes wrong, access is removed this soon (I3). */
const HEALTHY_MS = 10 * SECOND;
/** With parts of Curfew gone, or after the first good answer of the vendor: the 60 s of I3, and one pass of the sweeper. */
const DISTURBED_MS = 75 * SECOND;
/** What goes on after a fault: a write that is still on its way, the 60 s of a doubt, and the verification after it. */
const AFTERMATH_MS = 150 * SECOND;
/** A verification comes this much later than a revocation. */
const VERIFIED_MS = 30 * SECOND;

/** No revocation can be relied on meanwhile. Only Temporal can be away without this effect: the sweeper needs it not (I3, F06). */
const blocks = ({ kind }: FaultWindow): boolean => kind !== 'temporal-away';

/** How much longer a fault acts after its window. */
const LASTS: Readonly<Partial<Record<FaultWindow['kind'], number>>> = {
  'writes-late': 60 * SECOND,
  'processes-frozen': 45 * SECOND,
  'processes-killed': 0, // each kill has an interval of its own
};

/** When something went wrong that concerns everything. */
export const faultTimes = ({
  plan,
  startedAt,
  disturbances,
}: Facts): readonly (Interval & { blocks: boolean })[] => [
  ...plan.windows.map((window) => ({
    from: startedAt + window.from,
    to: startedAt + window.to + (LASTS[window.kind] ?? 0),
    blocks: blocks(window),
  })),
  ...disturbances.map(({ from, to }: Disturbance) => ({ from, to, blocks: true })),
];

/** True when nothing at all goes wrong in this seed. */
export const isCalm = ({ plan, disturbances }: Facts): boolean =>
  plan.windows.length === 0 &&
  plan.incidents.every(({ kind, at }) => kind === 'by-hand' && at === 0) &&
  disturbances.length === 0;

/** What the reaper cannot do anything about: faults of the vendor, and a process that goes on with a grant when the end is long past. */
const HINDERS_REAPER: readonly FaultWindow['kind'][] = [
  'vendor-throttles',
  'vendor-fails',
  'answers-lost',
  'writes-ignored',
  'writes-late',
  'slow',
  'credential-refused',
  'processes-frozen',
];
/** The 60 s of I3. */
const REAPED_MS = 60 * SECOND;

/** Until when access may stay that the reaper ends, whatever is down but the vendor. */
export function reapedBy({ plan, startedAt }: Facts, end: number): number {
  let deadline = end + REAPED_MS;
  for (const { kind, from, to } of [...plan.windows].sort((one, other) => one.from - other.from)) {
    const until = startedAt + to + (LASTS[kind] ?? 0);
    if (HINDERS_REAPER.includes(kind) && startedAt + from < deadline && until > end - DISTURBED_MS)
      deadline = Math.max(deadline, until + DISTURBED_MS);
  }
  return deadline;
}

/** Until when access may stay that is over at `end`. While only the ledger is away and the undo is known, nothing waits. Each fault that comes before it is gone gives as much time again. */
export function deadlineOf(facts: Facts, end: number, isUndoKnown = false): number {
  let deadline = end + (isCalm(facts) ? HEALTHY_MS : DISTURBED_MS);
  for (const each of [...faultTimes(facts)].sort((one, other) => one.from - other.from))
    if (each.blocks && !isUndoKnown && each.from < deadline && each.to > end - DISTURBED_MS)
      deadline = Math.max(deadline, each.to + DISTURBED_MS);
  return deadline;
}

/** Until when a wrong state that began at `at` may last; `at` itself when nothing went wrong for long. */
export function aftermathOf(facts: Facts, at: number): number {
  const isDisturbed = faultTimes(facts).some(({ from, to }) => from <= at && to + AFTERMATH_MS > at);
  return isDisturbed ? deadlineOf(facts, at) + VERIFIED_MS : at;
}

/** When the ledger's clock shows this time for the last time. */
export function worldTimeOf({ ledgerClock }: Facts, ledgerTime: number): number {
  let time = Number.NEGATIVE_INFINITY;
  for (const [index, { at, skewMs }] of ledgerClock.entries()) {
    const until = ledgerClock[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const reached = Math.max(ledgerTime - skewMs, at);
    if (reached < until) time = Math.max(time, reached);
  }
  return time;
}
