import { AsyncLocalStorage } from 'node:async_hooks';
import { Fault } from '../core/faults.ts';
import type { TakeTurn } from './provider.ts';
import { ATTEMPT_OVER_MS, type AttemptPoints, openAttemptPoints } from '../core/attempt-points.ts';
import { type CallPurpose, openRateBudget, type RateBudget } from '../core/rate-budget.ts';

/** The calls of one process to one vendor, within the vendor's budget. A removal never waits behind another call (I25). */
export type CallQueue = Readonly<{
  /** Resolves when the next call may be made, which costs so many points. Each client asks just before it calls its vendor. */
  takeTurn: TakeTurn;
  /** Runs `work`. All turns that it takes are for this purpose. When the vendor limits the rate, no call is made until it is over. */
  run<T>(purpose: CallPurpose, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}>;

/** `attempt` is the signal that all calls of one attempt have. It is left out for a call outside of `run`. */
type Waiting = Readonly<{
  purpose: CallPurpose;
  points: number;
  attempt: AbortSignal | undefined;
  begin: () => void;
  fail: (fault: Fault) => void;
}>;

/** What runs. `since` is when it began, or when it took its last turn. */
type Running = { readonly purpose: CallPurpose; readonly signal: AbortSignal; since: number };

type Options = Readonly<{ name: string; perMinute: () => number; now?: () => number }>;

/** When a vendor accepts no calls for longer than this, a call fails at once, with the wait that is left. */
const LONGEST_CLOSED_MS = 5_000;
/** The pause after a limit without a stated wait. It doubles with each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

const OPEN: Readonly<Record<CallPurpose, number>> = { removal: 0, other: 0 };
const WHY_CLOSED: Readonly<Record<CallPurpose, string>> = {
  removal: 'its limit is used up',
  other: 'what is left of its limit is kept for removals',
};

/** `perMinute`: the points that the vendor accepts in any minute. It is asked at the first call. */
export function openCallQueue({ name, perMinute, now = () => performance.now() }: Options): CallQueue {
  const current = new AsyncLocalStorage<Running>();
  const waiting: Record<CallPurpose, Waiting[]> = { removal: [], other: [] };
  let known: Readonly<{ budget: RateBudget; attempts: AttemptPoints }> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauses = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  const vendor = () =>
    (known ??= { budget: openRateBudget(perMinute()), attempts: openAttemptPoints(perMinute()) });

  /** The faults of this queue. They are not of the vendor, so no pause follows. */
  const own = new WeakSet<Fault>();
  function throttled(why: string, retryAfterMs: number): Fault {
    const fault = new Fault('provider-throttled', `${name}: ${why}`, { retryAfterMs });
    own.add(fault);
    return fault;
  }

  function waitOf(turn: Waiting, at: number): number {
    const { budget, attempts } = vendor();
    const asked = { purpose: turn.purpose, points: turn.points };
    const waitMs = budget.waitAt(asked, at);
    if (waitMs > 0 || !turn.attempt) return waitMs;
    // Points that are kept become free when an attempt is over, whatever the minute says.
    const kept = attempts.keptFrom(turn.attempt, at);
    return Math.min(budget.waitAt({ ...asked, kept }, at), ATTEMPT_OVER_MS);
  }

  /** Begins every call that may be made now, removals first, and comes back for the next one. */
  function serve(): void {
    clearTimeout(timer);
    for (;;) {
      const next = waiting.removal[0] ?? waiting.other[0];
      if (!next) return;
      const at = now();
      const { budget, attempts } = vendor();
      const closedMs = budget.closedFor(at);
      if (closedMs > LONGEST_CLOSED_MS) return failAll(closedMs);
      const waitMs = waitOf(next, at);
      if (waitMs > 0) return void (timer = setTimeout(serve, Math.ceil(waitMs)));
      waiting[next.purpose].shift();
      budget.take({ purpose: next.purpose, points: next.points }, at);
      if (next.attempt) attempts.take(next.attempt, next);
      next.begin();
    }
  }

  /** A call before the stated time is refused in any case, can make the wait longer, and can get the App banned. So none is made (F11). */
  function failAll(closedMs: number): void {
    for (const each of [...waiting.removal.splice(0), ...waiting.other.splice(0)])
      each.fail(throttled('it accepts no calls now', closedMs));
  }

  /** Attempts that began finish first, in the order in which they began. */
  function enqueue(turn: Waiting): void {
    const { attempts } = vendor();
    const orderOf = ({ attempt }: Waiting): number => (attempt ? attempts.orderOf(attempt) : 0);
    const queue = waiting[turn.purpose];
    const at = queue.findIndex((each) => orderOf(each) > orderOf(turn));
    queue.splice(at < 0 ? queue.length : at, 0, turn);
  }

  /** Calls that were under way together are refused together. They are one limit, and one pause. */
  function pauseAfter({ retryAfterMs }: Fault, { since }: Running): void {
    const at = now();
    if (since > pausedAt) {
      pauses += 1;
      pausedAt = at;
      if (retryAfterMs === undefined)
        vendor().budget.closeUntil(at + Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), LONGEST_PAUSE_MS));
    }
    if (retryAfterMs !== undefined) vendor().budget.closeUntil(at + retryAfterMs);
  }

  function noteSuccess({ since }: Running): void {
    if (since > pausedAt) pauses = 0;
  }

  return {
    takeTurn: (points = 1, closedMs = OPEN) =>
      new Promise((resolve, reject) => {
        const running = current.getStore();
        const { purpose = 'other', signal } = running ?? {};
        const leave = (): void => {
          const at = waiting[purpose].indexOf(turn);
          if (at >= 0) waiting[purpose].splice(at, 1);
          turn.fail(throttled('the call waited too long for its turn within the rate limit', 1_000));
        };
        const settled = (): void => signal?.removeEventListener('abort', leave);
        const begin = (): void => {
          settled();
          if (running) running.since = now();
          resolve();
        };
        const turn: Waiting = {
          ...{ purpose, points, attempt: signal, begin },
          fail: (fault) => (settled(), reject(fault)),
        };
        if (signal?.aborted) return leave();
        if (closedMs[purpose] > 0) return turn.fail(throttled(WHY_CLOSED[purpose], closedMs[purpose]));
        signal?.addEventListener('abort', leave, { once: true });
        enqueue(turn);
        serve();
      }),
    run: (purpose, signal, work) => {
      const running: Running = { purpose, signal, since: now() };
      return current.run(running, async () => {
        try {
          const value = await work();
          noteSuccess(running);
          return value;
        } catch (error) {
          if (error instanceof Fault && error.code === 'provider-throttled' && !own.has(error))
            pauseAfter(error, running);
          throw error;
        } finally {
          known?.attempts.pause(signal, now());
          if (known) serve();
        }
      });
    },
  };
}
