import { Fault } from '../../core/faults.ts';
import type { ManagedObject, Receipt } from '../provider.ts';
import type { FakeApi } from './api.ts';
import { LADDER, type FakeLevel } from './log.ts';
import { levelIn, type FakeMark, type VendorState } from './state.ts';

type Call = Readonly<{ now: () => number; signal: AbortSignal }>;

const rank = (level: FakeLevel): number => LADDER.indexOf(level);

/**
 * Ends the access of one mark. What stays is the level from before, and what other marks give whose end is not reached. The
 * level is written before the mark is removed, so that a process that is killed in between finds the mark again.
 */
export async function endMark(
  api: FakeApi,
  { lease }: ManagedObject,
  { now, signal }: Call,
): Promise<Receipt> {
  const before = await api.read(signal);
  const mark = before.marks.find((each) => each.lease === lease);
  if (!mark) return { level: 'none', seen: `nothing carries the mark of ${lease}` };
  const { id, target, endsAt } = mark;
  const shown = levelIn(before, id, target);
  if (endsAt > now())
    return {
      level: shown,
      found: shown,
      seen: `the mark of ${lease} ends at ${new Date(endsAt).toISOString()}`,
    };
  if (mark.prior === undefined)
    throw new Fault(
      'provider-refused',
      `fake: the mark of ${lease} does not say what the account had before`,
    );
  const left = levelLeft(before, mark, now());
  // Written even when no more shows: a stale read may not show a grant yet.
  if (rank(shown) >= rank(left)) await api.setLevel({ id, target, level: left, by: lease }, signal);
  await api.unmark(lease, signal);
  const after = await api.read(signal);
  const seen = levelIn(after, id, target);
  if (rank(seen) > rank(left) || after.marks.some((each) => each.lease === lease))
    throw new Fault('not-verified', `fake: ${id} still has ${seen} on ${target}`);
  return {
    level: 'none',
    found: shown,
    seen: `${id} has ${seen} on ${target}, and no mark of ${lease}`,
    ...(rank(seen) < rank(shown) && { lowered: true }),
  };
}

function levelLeft({ marks }: VendorState, mark: FakeMark, now: number): FakeLevel {
  const others = marks.filter(
    (each) =>
      each.lease !== mark.lease && each.id === mark.id && each.target === mark.target && each.endsAt > now,
  );
  return [mark.prior, ...others.map(({ level }) => level)].reduce<FakeLevel>(
    (top, level) => (level !== undefined && rank(level) > rank(top) ? level : top),
    'none',
  );
}
