import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { seconds } from './containment.ts';
import { permitsOf } from './permits.ts';
import { type Change, isByHand, levelOf, type Timeline, timelinesOf } from './timeline.ts';
import type { Violation } from './violation.ts';

/** After a change by hand, a permit that begins within this time may have read what was before. */
const MARGIN_MS = 90_000;

/** What somebody gave by hand while no access of Curfew was there stays, and is there when everything is over (I5). */
export function standingViolations(facts: Facts, log: readonly Entry[], end: number): readonly Violation[] {
  const permits = permitsOf(facts);
  return timelinesOf(log).flatMap((timeline) => {
    const own = permits.filter(
      ({ life, ranks }) => life.first.requester === timeline.owner && ranks.has(timeline.resource),
    );
    const isApart = ({ at }: Change): boolean =>
      own.every(({ from, to }) => at < from - MARGIN_MS || at > to + MARGIN_MS || at <= facts.startedAt);
    return violationsIn(facts, timeline, { isApart, end });
  });
}

function violationsIn(
  facts: Facts,
  { changes, owner, resource }: Timeline,
  { isApart, end }: Readonly<{ isApart: (change: Change) => boolean; end: number }>,
): readonly Violation[] {
  const byHand = changes.filter(isByHand);
  const first = { at: Number.NEGATIVE_INFINITY, rank: 0, by: 'nobody' };
  for (const [index, given] of [first, ...byHand].entries()) {
    if (given !== first && !isApart(given)) continue;
    const next = byHand[index]?.at ?? Number.POSITIVE_INFINITY;
    const lost = changes.find(({ at, rank }) => at > given.at && at < next && rank < given.rank);
    if (lost)
      return [
        {
          checker: 'standing',
          what: `${owner} lost ${levelOf(given.rank)} at ${resource} by ${lost.by} at ${seconds(facts, lost.at)}`,
        },
      ];
    const last = changes.at(-1);
    if (next === Number.POSITIVE_INFINITY && last && last.rank !== given.rank)
      return [
        {
          checker: 'rest',
          what: `${owner} has ${levelOf(last.rank)} at ${resource} in the end (${seconds(facts, end)}), and not ${levelOf(given.rank)}`,
        },
      ];
  }
  return [];
}
