import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { seconds } from './containment.ts';
import { aftermathOf, isCalm } from './intervals.ts';
import { endOf, hasFailover, type Life, permitsOf } from './permits.ts';
import { isByHand, levelOf, rankAt, timelinesOf, type Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** What people read as active is there until its end, whatever else ends (I6, F14, B65). */
export function heldViolations(facts: Facts, log: readonly Entry[], end: number): readonly Violation[] {
  const timelines = timelinesOf(log);
  return permitsOf(facts).flatMap(({ life, ranks }) =>
    [...ranks].flatMap(([resource, rank]) => {
      const told = life.told.find(({ card }) => card.kind === 'active');
      if (!told) return [];
      const owned = timelines.filter(
        (each) => each.owner === life.first.requester && each.resource === resource,
      );
      return lostIn(facts, { life, resource, rank, from: told.at, end, owned });
    }),
  );
}

type HeldAccess = Readonly<{
  life: Life;
  resource: string;
  rank: number;
  from: number;
  end: number;
  owned: readonly Timeline[];
}>;

/** A click, a person who leaves, or an end that comes from a clock that stepped may end it earlier. */
function lostIn(facts: Facts, { life, resource, rank, from, end, owned }: HeldAccess): readonly Violation[] {
  const { deeds, told } = life;
  const gone =
    told.find(({ card }) => card.kind === 'revoking' || card.kind === 'closed')?.at ??
    Number.POSITIVE_INFINITY;
  const ended = deeds.filter(({ kind }) => kind === 'end').map(({ at }) => at);
  const left = facts.left.filter(({ person }) => person === life.first.requester).map(({ at }) => at);
  const until = Math.min(endOf(facts, life) - CLOCKS_MS, end, gone, ...ended, ...left);
  const changes = owned.flatMap((each) => each.changes);
  const isTouched =
    changes.some((change) => isByHand(change) && change.at <= until && change.at > facts.startedAt) ||
    owned.length > 1;
  if (isTouched || hasClockStep(facts) || hasFailover(facts)) return [];
  const levelNow = (at: number): number => Math.max(0, ...owned.map((each) => rankAt(each, at)));
  const times = [from, ...changes.map(({ at }) => at).filter((at) => at > from && at < until)];
  for (const at of times) {
    if (at >= until || levelNow(at) >= rank) continue;
    const back = changes.find((change) => change.at > at && levelNow(change.at) >= rank)?.at ?? until;
    const allowedUntil = isCalm(facts) || isOnlyReaper(facts, at) ? at : aftermathOf(facts, at);
    if (Math.min(back, until) > allowedUntil)
      return [
        {
          checker: 'held',
          what: `${life.request} is active, and ${life.first.requester} has ${levelOf(levelNow(at))} at ${resource} from ${seconds(facts, at)} to ${seconds(facts, Math.min(back, until))}`,
        },
      ];
  }
  return [];
}

/** The workflow may be this much ahead of the ledger. */
const CLOCKS_MS = 3_000;

/** What was in progress when they went away is over by then. */
const BOTH_AWAY_MS = 30_000;

/** While the ledger and Temporal are away and everything else works, only the reaper changes access, and it knows all leases. */
const isOnlyReaper = ({ plan, startedAt, disturbances }: Facts, at: number): boolean =>
  disturbances.length === 0 &&
  plan.incidents.every((each) => each.kind === 'by-hand' && each.at === 0) &&
  plan.windows.every(({ kind }) => kind === 'ledger-away' || kind === 'temporal-away') &&
  (['ledger-away', 'temporal-away'] as const).every((away) =>
    plan.windows.some(
      ({ kind, from, to }) => kind === away && startedAt + from + BOTH_AWAY_MS <= at && at < startedAt + to,
    ),
  );

const hasClockStep = ({ ledgerClock }: Facts): boolean => ledgerClock.length > 1;
