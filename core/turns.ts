/**
 * What an attempt at a vendor is for, in the order in which attempts get their turns: to end access that was confirmed, to end access that
 * was never confirmed, to grant, and everything else.
 */
export const ATTEMPT_KINDS = ['end', 'end-unconfirmed', 'grant', 'other'] as const;
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** What a call is for. A `removal` ends access. `other` calls grant, verify, find or check. */
export type CallPurpose = 'removal' | 'other';

export const purposeOf = (kind: AttemptKind): CallPurpose =>
  kind === 'end' || kind === 'end-unconfirmed' ? 'removal' : 'other';

/** The largest share of the rate that attempts of this kind and of the kinds after it use together. So ends always have half of it (I25). */
const SHARES: Readonly<Record<AttemptKind, number>> = {
  end: 1,
  'end-unconfirmed': 0.75,
  grant: 0.5,
  other: 0.5,
};

/** The turn of one attempt: the points of all its calls, at one time. A turn that has not begun is planned for that time. */
export type Turn = Readonly<{
  /** Grows with each turn. */
  id: number;
  key: string;
  kind: AttemptKind;
  points: number;
  at: number;
  hasBegun: boolean;
}>;

/**
 * An attempt that wants its turn. An attempt that comes back has the same key. `most`: the points that the vendor accepts in a minute. `isMore`: the
 * attempt has begun, and needs more points than it reserved. It waits for no attempt that has not begun.
 */
export type AskedTurn = Pick<Turn, 'key' | 'kind' | 'points'> & Readonly<{ most: number; isMore?: boolean }>;

const MINUTE_MS = 60_000;
/** The window is a little longer than the vendor's, because calls take differently long on the way to the vendor. */
const LONGER_MS = 1_000;
/** A turn counts for so long. A planned turn whose attempt did not come back is forgotten then. */
export const WINDOW_MS = MINUTE_MS + LONGER_MS;

/** An attempt of a longer queue comes back without a place in it. */
export const LONGEST_PLAN_MS = 60 * MINUTE_MS;
/** Transactions that wait for each other read the clock in another order. */
const CLOCK_TOLERANCE_MS = 5_000;

/** False for a turn that no attempt can have: the clock went back since, or somebody else wrote it. It delays no end (I3). */
const isPossible = ({ kind, hasBegun, at: its }: Turn, at: number): boolean =>
  its <= at + (hasBegun ? CLOCK_TOLERANCE_MS : kind === 'end' ? WINDOW_MS : LONGEST_PLAN_MS);

/**
 * The turn that this attempt has now. It begins now, or it is planned for the first time at which the vendor accepts all its points. A grant waits also
 * until every attempt that comes before it has begun; of one kind, the one that asked first comes first. A plan may be of an attempt that never comes back,
 * so no plan delays an end of live access, and only a plan of such an end delays an end of access that was never confirmed (I3).
 */
export function nextTurn(
  all: readonly Turn[],
  { key, kind, points, most, isMore = false }: AskedTurn,
  at: number,
): Readonly<{ turn: Turn; ahead: number }> {
  const turns = all.filter((turn) => isPossible(turn, at));
  const known = turns.find((turn) => turn.key === key && !turn.hasBegun);
  const id = known?.id ?? Math.max(0, ...all.map((turn) => turn.id)) + 1;
  const rank = ATTEMPT_KINDS.indexOf(kind);
  const isAhead = (turn: Turn): boolean => {
    const other = ATTEMPT_KINDS.indexOf(turn.kind);
    return !turn.hasBegun && (other < rank || (other === rank && turn.id < id));
  };
  const waitsFor = (turn: Turn): boolean =>
    turn.hasBegun ||
    (!isMore &&
      (purposeOf(kind) === 'other' ? isAhead(turn) : kind === 'end-unconfirmed' && turn.kind === 'end'));
  const before = turns.filter((turn) => turn !== known && waitsFor(turn));
  const fits = ATTEMPT_KINDS.slice(0, rank + 1).map((each, from) =>
    fitsAt(
      before.filter((turn) => ATTEMPT_KINDS.indexOf(turn.kind) >= from),
      // An attempt that needs more than its share begins when nothing else is counted.
      Math.max(0, Math.floor(most * SHARES[each]) - points),
    ),
  );
  const startsAt = Math.max(at, ...before.map((turn) => turn.at), ...fits);
  return {
    turn: { id, key, kind, points, at: startsAt, hasBegun: startsAt <= at },
    ahead: turns.filter(isAhead).length,
  };
}

/** The time at which so many of these turns are outside the window that at most `left` points are inside. */
function fitsAt(turns: readonly Pick<Turn, 'points' | 'at'>[], left: number, windowMs = WINDOW_MS): number {
  let used = turns.reduce((sum, { points }) => sum + points, 0);
  let at = Number.NEGATIVE_INFINITY;
  for (const turn of turns.toSorted((one, other) => one.at - other.at)) {
    if (used <= left) break;
    used -= turn.points;
    at = turn.at + windowMs;
  }
  return at;
}

/** `waitMs` 0: the attempt begins now. Otherwise it comes back after that time. `ahead`: how many attempts wait before it. */
export type TakenTurn = Readonly<{ id: number; waitMs: number; ahead: number }>;

/** The turns at one vendor. */
export type Turns = Readonly<{
  take(asked: AskedTurn): Promise<TakenTurn>;
  /** The attempt made no call, or does not come back. */
  free(id: number): Promise<void>;
}>;

/** The turns of one process. */
export function openTurns(now: () => number): Turns {
  let turns: readonly Turn[] = [];
  return {
    take(asked) {
      const at = now();
      turns = turns.filter((turn) => turn.at + WINDOW_MS > at);
      const { turn, ahead } = nextTurn(turns, asked, at);
      turns = [...turns.filter(({ id }) => id !== turn.id), turn];
      return Promise.resolve({ id: turn.id, waitMs: turn.at - at, ahead });
    },
    free: (id) => {
      turns = turns.filter((turn) => turn.id !== id);
      return Promise.resolve();
    },
  };
}

/** Calls that one process counts itself, within a longer time. Half of the limit is kept for removals. */
export type Limit = Readonly<{ waitAt(purpose: CallPurpose, at: number): number; take(at: number): void }>;

export function openLimit(most: number, withinMs: number): Limit {
  let calls: readonly Readonly<{ points: number; at: number }>[] = [];
  const windowMs = withinMs + LONGER_MS;
  return {
    waitAt(purpose, at) {
      calls = calls.filter((call) => call.at + windowMs > at);
      const limit = purpose === 'removal' ? most : Math.floor(most / 2);
      return Math.max(0, fitsAt(calls, limit - 1, windowMs) - at);
    },
    take: (at) => void (calls = [...calls, { points: 1, at }]),
  };
}
