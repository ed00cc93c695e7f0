import type { Facts } from '../world/facts.ts';
import { type Permit, permitsOf, requestOf } from './permits.ts';
import { type Change, isByHand, levelOf, type Timeline, timelinesOf } from './timeline.ts';
import type { Entry } from '../../providers/fake/log.ts';
import type { Violation } from './violation.ts';

/** Nobody has more than somebody gave by hand, or than an approved request gives while it lasts (I1, I3, I9 to I11, I13). */
export function containmentViolations(
  facts: Facts,
  log: readonly Entry[],
  end: number,
): readonly Violation[] {
  const permits = permitsOf(facts);
  return timelinesOf(log).flatMap((timeline) => violationsIn({ facts, permits, end }, timeline));
}

type Checked = Readonly<{ facts: Facts; permits: readonly Permit[]; end: number }>;

function violationsIn({ facts, permits, end }: Checked, timeline: Timeline): readonly Violation[] {
  const { changes, owner, resource } = timeline;
  const own = permits.filter(({ life, ranks }) => life.first.requester === owner && ranks.has(resource));
  const standing = standingOf(facts, changes);
  const violations: Violation[] = [];
  for (const [index, change] of changes.entries()) {
    const until = changes[index + 1]?.at ?? end;
    // What is allowed changes only at the end of a permit or with what stands, so these times are enough.
    const times = [change.at, ...own.map(({ to }) => to), ...standing.map(({ at }) => at)].filter(
      (at) => change.at <= at && at < until,
    );
    const wrong = times.find((at) => change.rank > allowedAt(own, standing, resource, at));
    if (wrong === undefined) continue;
    violations.push({
      checker: isByHand(change) ? 'containment' : checkerOf(own, { facts, change, at: wrong }),
      what: `${owner} has ${levelOf(change.rank)} at ${resource} by ${change.by} at ${seconds(facts, wrong)}, from ${seconds(facts, change.at)} to ${seconds(facts, until)}`,
    });
    break; // A later violation of the same access says nothing new.
  }
  return violations;
}

export const seconds = ({ startedAt }: Facts, at: number): string =>
  `${((at - startedAt) / 1000).toFixed(1)} s`;

function allowedAt(
  own: readonly Permit[],
  standing: readonly Standing[],
  resource: string,
  at: number,
): number {
  const given = own
    .filter(({ from, to }) => from <= at && at < to)
    .map(({ ranks }) => ranks.get(resource) ?? 0);
  return Math.max(0, standing.findLast((each) => each.at <= at)?.rank ?? 0, ...given);
}

/** Names what is broken: no approval, a higher level than approved, or the end. */
function checkerOf(
  own: readonly Permit[],
  { change, at }: Readonly<{ facts: Facts; change: Change; at: number }>,
): string {
  const permit = own.find(({ life }) => life.request === requestOf(change.by));
  if (!permit || at < permit.from) return 'approvals';
  return at >= permit.to ? 'expiry' : 'scope';
}

/** What somebody gave by hand, from a time on. */
type Standing = Readonly<{ at: number; rank: number }>;

/** A change by hand between the read and the write of Curfew cannot be seen by anybody, because vendors compare nothing. */
export const RACE_MS = 15_000;

function standingOf({ plan }: Facts, changes: readonly Change[]): readonly Standing[] {
  const standing: Standing[] = [];
  for (const change of changes.filter(isByHand)) {
    const before = standing.at(-1)?.rank ?? 0;
    const raceUntil = change.at + RACE_MS + plan.consistencyWindowMs;
    const hasRace = changes.some((each) => !isByHand(each) && each.at >= change.at && each.at < raceUntil);
    standing.push({
      at: change.at,
      rank: hasRace && isLowering(change) ? Math.max(before, change.rank) : change.rank,
    });
  }
  return standing;
}

/** The account or the resource is gone: there nothing can race. */
const isLowering = ({ by }: Change): boolean => by === 'administrator';
