import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { seconds } from './containment.ts';
import { worldTimeOf } from './intervals.ts';
import { type Life, livesOf, type Permit, permitsOf } from './permits.ts';
import { isByHand, levelOf, rankAt, timelinesOf, type Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** Before people read of a change, the vendor must have shown it at least once within this time, whatever goes wrong. */
const BEFORE_MS = 60_000;

/** A process whose clock is ahead may use its undo this much before the end. */
const clocksMs = ({ plan }: Facts): number =>
  Math.max(CLOCKS_MS, ...ENDERS.map((process) => plan.skewOf(process) + CLOCKS_MS));
const CLOCKS_MS = 5_000;
const ENDERS = ['provider-1', 'provider-2', 'sweeper'];

/**
 * Nobody reads that access is or was granted before it was there, nor that it is over before it was gone (F13, F14, B03, B65). These hold
 * under every fault, because a receipt says what the vendor showed.
 */
export function toldViolations(facts: Facts, log: readonly Entry[]): readonly Violation[] {
  const timelines = timelinesOf(log);
  const permits = permitsOf(facts);
  return livesOf(facts).flatMap((life) => {
    const permit = permits.find((each) => each.life.request === life.request);
    return [...(permit?.ranks ?? [])].flatMap(([resource, rank]) => {
      const owned = timelines.filter(
        (each) => each.owner === life.first.requester && each.resource === resource,
      );
      const [only] = owned;
      if (owned.length > 1 || !only)
        return owned.length > 1 ? [] : neverThere(facts, life, { resource, rank, only });
      return [
        ...neverThere(facts, life, { resource, rank, only }),
        ...neverGone(facts, life, { permits, only }),
      ];
    });
  });
}

type Granted = Readonly<{ resource: string; rank: number; only: Timeline | undefined }>;

function neverThere(
  facts: Facts,
  { request, told }: Life,
  { resource, rank, only }: Granted,
): readonly Violation[] {
  const says = told.find(({ card }) => card.saysGranted);
  if (!says) return [];
  const from = says.card.kind === 'active' ? says.at - BEFORE_MS : 0;
  const before = (only?.changes ?? [])
    .filter(({ at }) => at > from && at <= says.at)
    .map((change) => change.rank);
  const highest = Math.max(only ? rankAt(only, from) : 0, ...before);
  if (highest >= rank) return [];
  return [
    {
      checker: 'told',
      what: `${request} is said to be granted at ${seconds(facts, says.at)}, and ${levelOf(rank)} at ${resource} was never there`,
    },
  ];
}

type Closed = Readonly<{ permits: readonly Permit[]; only: Timeline }>;

/** The level was at least once down to what others give, between its end and the card that says so. */
function neverGone(facts: Facts, life: Life, { permits, only }: Closed): readonly Violation[] {
  const { request, told, first } = life;
  const over = told.find(({ card }) => card.kind === 'revoking' || card.kind === 'closed');
  const closed = told.find(({ card }) => card.kind === 'closed');
  if (!over || !closed || closed.card.endsAt === undefined) return [];
  const others = permits.filter(
    (each) => each.life.request !== request && each.life.first.requester === first.requester,
  );
  const givenAt = (at: number): number =>
    Math.max(
      0,
      ...others
        .filter(({ from, to }) => from - BEFORE_MS <= at && at < to + BEFORE_MS)
        .map(({ ranks }) => ranks.get(only.resource) ?? 0),
      ...only.changes.filter((change) => isByHand(change) && change.at <= closed.at).map(({ rank }) => rank),
    );
  const from = Math.min(over.at, closed.at, worldTimeOf(facts, closed.card.endsAt)) - clocksMs(facts);
  const times = [
    from,
    closed.at,
    ...only.changes.map(({ at }) => at).filter((at) => at > from && at < closed.at),
  ];
  if (times.some((at) => rankAt(only, at) <= givenAt(at))) return [];
  return [
    {
      checker: 'told',
      what: `${request} is closed at ${seconds(facts, closed.at)}, and ${levelOf(rankAt(only, closed.at))} at ${only.resource} was never gone`,
    },
  ];
}
