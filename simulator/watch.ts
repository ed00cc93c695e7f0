import type { Entry } from '../providers/fake/log.ts';
import { type Violation, violationsOf } from './checkers/index.ts';
import type { Facts } from './world/facts.ts';
import { ALL_CALM_MS, PEOPLE_ACT_MS } from './world/faults.ts';
import type { VirtualTime } from './world/virtual-time.ts';

type Watched = Readonly<{
  time: VirtualTime;
  facts: Facts;
  log: () => readonly Entry[];
  settle: () => boolean;
}>;

/** After the last fault: longer than a grant may take, and than any wait before the next attempt. */
const REST_MS = 14 * 60_000;
/**
 * The world is at rest when every request is closed, and when nothing happened for as long as a doubt about an access can last, or as a
 * request without a card can wait.
 */
const QUIET_MS = 120_000;
const LOOK_MS = 15_000;

/**
 * Lets time go on until the world must be at rest, and returns the promises that were broken. It ends as soon as two looks in a row
 * find the same: one look may come before people read what explains it, such as a later end.
 */
export async function watchUntilRest({ time, facts, log, settle }: Watched): Promise<readonly Violation[]> {
  const last = facts.startedAt + ALL_CALM_MS + REST_MS;
  const look = (isAtRest: boolean): readonly Violation[] =>
    violationsOf(facts, log(), { at: time.now(), isAtRest });
  let before: readonly Violation[] = [];
  while (time.now() < last && !isAtRest(facts, log(), time.now())) {
    await time.runUntil(Math.min(time.now() + LOOK_MS, last), settle);
    const violations = look(false);
    if (hasSame(before, violations)) return violations;
    before = violations;
  }
  return look(true);
}

function isAtRest({ told, startedAt, plan }: Facts, log: readonly Entry[], now: number): boolean {
  const last = new Map(told.map(({ card }) => [card.request, card.kind]));
  const faults = [...plan.windows.map(({ to }) => to), ...plan.incidents.map(({ at }) => at), PEOPLE_ACT_MS];
  const changedAt = Math.max(startedAt + Math.max(...faults), told.at(-1)?.at ?? 0, log.at(-1)?.at ?? 0);
  return [...last.values()].every((kind) => kind === 'closed') && now - changedAt >= QUIET_MS;
}

const hasSame = (before: readonly Violation[], now: readonly Violation[]): boolean =>
  now.some(({ checker, what }) =>
    before.some((each) => each.checker === checker && keyOf(each.what) === keyOf(what)),
  );

/** Who, or which request. The times of a violation that goes on differ in each look. */
const keyOf = (what: string): string => what.split(' ', 2).join(' ');
