import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { seconds } from './containment.ts';
import { permitsOf } from './permits.ts';
import { type Change, isByHand, levelOf, type Timeline, timelinesOf } from './timeline.ts';
import type { Violation } from './violation.ts';

/** After a change by hand, a permit that begins within this time may have read what was before. */
const MARGIN_MS = 90_000;

/** What somebody gave by hand while no access of Curfew was there stays (I5). */
export const lossViolations = (facts: Facts, log: readonly Entry[]): readonly Violation[] =>
  standingsIn(facts, log).flatMap(({ timeline: { changes, owner, resource }, given, next }) => {
    const lost = changes.find(({ at, rank }) => at > given.at && at < next && rank < given.rank);
    if (!lost) return [];
    const when = seconds(facts, lost.at);
    return [
      {
        checker: 'standing',
        what: `${owner} lost ${levelOf(given.rank)} at ${resource} by ${lost.by} at ${when}`,
      },
    ];
  });

/** When everything is over, it is the only access that is there (I5). */
export const leftViolations = (facts: Facts, log: readonly Entry[], end: number): readonly Violation[] =>
  standingsIn(facts, log).flatMap(({ timeline: { changes, owner, resource }, given, next }) => {
    const last = changes.at(-1);
    if (next !== Number.POSITIVE_INFINITY || !last || last.rank === given.rank) return [];
    const what = `${owner} has ${levelOf(last.rank)} at ${resource} in the end (${seconds(facts, end)}), and not ${levelOf(given.rank)}`;
    return [{ checker: 'rest', what }];
  });

/** What somebody gave by hand, until the next change by hand. */
type Standing = Readonly<{ timeline: Timeline; given: Change; next: number }>;

/** Nobody gave anything before the first change by hand. What was given while Curfew changed the access says nothing. */
function standingsIn(facts: Facts, log: readonly Entry[]): readonly Standing[] {
  const permits = permitsOf(facts);
  return timelinesOf(log).flatMap((timeline) => {
    const own = permits.filter(
      ({ life, ranks }) => life.first.requester === timeline.owner && ranks.has(timeline.resource),
    );
    const isApart = ({ at }: Change): boolean =>
      own.every(({ from, to }) => at < from - MARGIN_MS || at > to + MARGIN_MS || at <= facts.startedAt);
    const first: Change = { at: Number.NEGATIVE_INFINITY, rank: 0, by: 'nobody' };
    return [first, ...timeline.changes.filter(isByHand)].flatMap((given, index, all) =>
      given === first || isApart(given)
        ? [{ timeline, given, next: all[index + 1]?.at ?? Number.POSITIVE_INFINITY }]
        : [],
    );
  });
}
