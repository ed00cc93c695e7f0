import { requestIdOf, type ClickId } from '../../core/ids.ts';
import type { Card, Deed, Facts, CardReading } from '../world/facts.ts';
import { APPROVERS, ENTITLEMENTS } from '../world/policy-files.ts';
import { deadlineOf, type Interval, isCalm, faultTimes, reapedBy, worldTimeOf } from './intervals.ts';
import { rankOf } from './timeline.ts';

/** One request, as people know it. */
export type Life = Readonly<{
  request: string;
  first: Card;
  told: readonly CardReading[];
  deeds: readonly Deed[];
}>;

/** What a request may give: the level at each resource, from the last approval until the access must be gone. */
export type Permit = Interval & Readonly<{ life: Life; endsAt: number; ranks: ReadonlyMap<string, number> }>;

export function livesOf({ told, deeds }: Facts): readonly Life[] {
  const lives = new Map<string, CardReading[]>();
  for (const each of told) lives.set(each.card.request, [...(lives.get(each.card.request) ?? []), each]);
  return [...lives].map(([request, cards]) => ({
    request,
    first: (cards[0] as CardReading).card,
    told: cards,
    deeds: deeds.filter((deed) => deed.request === request),
  }));
}

/** The request of a lease, by its id. */
export const requestOf = (lease: string): string =>
  requestIdOf(lease.replace('lease_', 'click_').replace(/_\d+$/, '') as ClickId);

/** People who may approve a request of this person at a time. */
const mayApprove = (facts: Facts, by: string, requester: string, at: number): boolean =>
  by !== requester &&
  ([...APPROVERS, 'ana'] as readonly string[]).includes(by) &&
  !facts.left.some(({ person, at: since }) => person === by && at >= since + decidedMs(facts, since));

/** A decision that was on its way when the policy changed counts as before. Faults make that way longer. */
const POLICY_IS_READ_MS = 30_000;
const SOON_MS = 2_000;
const decidedMs = (facts: Facts, since: number): number =>
  faultTimes(facts).some(({ from, to }) => from < since + SOON_MS && to > since - POLICY_IS_READ_MS)
    ? POLICY_IS_READ_MS
    : SOON_MS;

/** When enough different people had approved what was on their screen; undefined when they did not (I9, I10, I11). */
export function approvedAt(facts: Facts, { first, deeds }: Life, digest = first.digest): number | undefined {
  const by = new Set<string>();
  const lapsed = first.lapsesAt === undefined ? Number.POSITIVE_INFINITY : worldTimeOf(facts, first.lapsesAt);
  for (const deed of [...deeds].sort((one, other) => one.at - other.at)) {
    if (deed.kind !== 'approve' || deed.digest !== digest) continue;
    if (digest === first.digest && deed.at > lapsed) continue;
    if (mayApprove(facts, deed.by, first.requester, deed.at)) by.add(deed.by);
    if (by.size >= (ENTITLEMENTS[first.entitlement]?.approvals ?? 1)) return deed.at;
  }
  return undefined;
}

/** When the access of a request ends, in the time of the world: what people read, what they did, or that its holder left. */
export function endOf(facts: Facts, { first, told, deeds }: Life): number {
  const ends = told.flatMap(({ card }) =>
    card.endsAt === undefined ? [] : [worldTimeOf(facts, card.endsAt)],
  );
  const ended = deeds.flatMap((deed) => {
    const isAllowed = deed.kind === 'end' && (deed.by === first.requester || mayEnd(facts, deed));
    const shown = told.findLast(({ at }) => at <= deed.at)?.card.kind;
    const at = deed.acknowledgedAt;
    if (!isAllowed || at === undefined || wasLost(facts, at)) return [];
    return shown === 'active' || shown === 'granting' ? [at] : [];
  });
  const left = facts.left
    .filter(({ person, isApprover }) => !isApprover && person === first.requester)
    .map(({ at }) => at);
  return Math.min(ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends), ...ended, ...left);
}

/** Who left before the click was decided may end nothing of others any more. */
const mayEnd = (facts: Facts, { by, at }: Deed): boolean =>
  (APPROVERS as readonly string[]).includes(by) &&
  !facts.left.some(({ person, at: since }) => person === by && since < at + POLICY_IS_READ_MS);

/** A failover lost what was acknowledged just before. */
const wasLost = ({ plan, startedAt }: Facts, at: number): boolean =>
  plan.incidents.some(
    (each) =>
      each.kind === 'failover' &&
      at >= startedAt + each.at - each.losesMs - 100 &&
      at <= startedAt + each.at + 100,
  );

export const hasFailover = ({ plan }: Facts): boolean =>
  plan.incidents.some(({ kind }) => kind === 'failover');

/** What may be given, request by request. A request that nobody approved gives nothing. */
export function permitsOf(facts: Facts): readonly Permit[] {
  return livesOf(facts).flatMap((life) => {
    const from = approvedAt(facts, life);
    if (from === undefined) return [];
    const { targets = {} } = ENTITLEMENTS[life.first.entitlement] ?? {};
    const ranks = new Map(Object.entries(targets).map(([resource, level]) => [resource, rankOf(level)]));
    const endsAt = endOf(facts, life);
    const closed = life.told.find(({ card }) => card.kind === 'closed')?.at ?? Number.POSITIVE_INFINITY;
    const to = Math.min(
      deadlineOf(facts, endsAt, isUndoKnown(facts, life, endsAt)),
      isReaped(facts, life) ? reapedBy(facts, endsAt) : Number.POSITIVE_INFINITY,
      afterClosing(facts, closed),
    );
    return [{ life, from, to, endsAt, ranks }];
  });
}

/** The reaper knows the end that was approved. It hears of no click that ends access, and sees a later end before that counts. */
const isReaped = ({ plan, ledgerClock, left }: Facts, { first, deeds }: Life): boolean =>
  plan.hasReaper &&
  ledgerClock.length === 1 &&
  left.every(({ person }) => person !== first.requester) &&
  deeds.every(({ kind }) => kind !== 'end' && kind !== 'extend');

const UNDO_IS_KEPT_MS = 10_000;

/**
 * While nothing but the ledger is away, the workflow revokes with the undo that it keeps since the grant (I14, F04). So the end does not
 * wait for the ledger. An end that somebody caused waits, because the ledger must say so, and so does an extended one.
 */
function isUndoKnown(
  { plan, startedAt, disturbances, left }: Facts,
  { told, deeds }: Life,
  endsAt: number,
): boolean {
  const active = told.find(({ card }) => card.kind === 'active');
  const isPlain = deeds.every(({ kind }) => kind !== 'end' && kind !== 'extend') && left.length === 0;
  const isOnlyLedger =
    plan.windows.every(({ kind }) => kind === 'ledger-away') &&
    plan.incidents.every(({ kind, at }) => kind === 'by-hand' && at === 0) &&
    disturbances.length === 0;
  const windows = plan.windows.filter(({ from }) => startedAt + from <= endsAt);
  return (
    active !== undefined &&
    isPlain &&
    isOnlyLedger &&
    windows.every(
      ({ from, to }) =>
        startedAt + from > active.at + UNDO_IS_KEPT_MS || startedAt + to < active.at - UNDO_IS_KEPT_MS,
    )
  );
}

/** Nothing of a closed request may be left, but for writes that were on their way, which Curfew then revokes. */
function afterClosing(facts: Facts, closed: number): number {
  if (!Number.isFinite(closed)) return closed;
  const isDisturbed =
    !isCalm(facts) && faultTimes(facts).some(({ from, to }) => from <= closed + 1 && to > closed - 150_000);
  return isDisturbed ? deadlineOf(facts, closed + 75_000) : closed;
}
