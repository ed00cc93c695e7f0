import { AsyncLocalStorage } from 'node:async_hooks';
import { Fault } from '../core/faults.ts';
import type { TakeTurn } from './provider.ts';
import { type CallPurpose, openRateBudget, type RateBudget } from '../core/rate-budget.ts';

/** The calls of one process to one vendor, within the vendor's budget. A removal never waits behind another call (I25). */
export type CallQueue = Readonly<{
  /** Resolves when the next call may be made, which costs so many points. Each client asks just before it calls its vendor. */
  takeTurn: TakeTurn;
  /** Runs `work`. All turns that it takes are for this purpose. When the vendor limits the rate, no call is made until it is over. */
  run<T>(purpose: CallPurpose, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}>;

type Waiting = Readonly<{
  purpose: CallPurpose;
  points: number;
  begin: () => void;
  fail: (fault: Fault) => void;
}>;

type Options = Readonly<{ name: string; perMinute: () => number; now?: () => number }>;

/** When a vendor accepts no calls for longer than this, a call fails at once, with the wait that is left. */
const LONGEST_CLOSED_MS = 5_000;
/** The pause after a limit without a stated wait. It doubles with each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** `perMinute`: the points that the vendor accepts in any minute. It is asked at the first call. */
export function openCallQueue({ name, perMinute, now = () => performance.now() }: Options): CallQueue {
  const current = new AsyncLocalStorage<Readonly<{ purpose: CallPurpose; signal: AbortSignal }>>();
  const waiting: Record<CallPurpose, Waiting[]> = { removal: [], other: [] };
  let known: RateBudget | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauses = 0;
  const budget = (): RateBudget => (known ??= openRateBudget(perMinute()));

  /** The faults of this queue. They are not of the vendor, so no pause follows. */
  const own = new WeakSet<Fault>();
  function throttled(why: string, retryAfterMs: number): Fault {
    const fault = new Fault('provider-throttled', `${name}: ${why}`, { retryAfterMs });
    own.add(fault);
    return fault;
  }

  /** Begins every call that may be made now, removals first, and comes back for the next one. */
  function serve(): void {
    clearTimeout(timer);
    for (;;) {
      const next = waiting.removal[0] ?? waiting.other[0];
      if (!next) return;
      const at = now();
      const closedMs = budget().closedFor(at);
      if (closedMs > LONGEST_CLOSED_MS) return failAll(closedMs);
      const waitMs = budget().waitAt(next, at);
      if (waitMs > 0) return void (timer = setTimeout(serve, Math.ceil(waitMs)));
      waiting[next.purpose].shift();
      budget().take(next, at);
      next.begin();
    }
  }

  function failAll(closedMs: number): void {
    for (const each of [...waiting.removal.splice(0), ...waiting.other.splice(0)])
      each.fail(throttled('it accepts no calls now', closedMs));
  }

  function pauseAfter(fault: Fault): void {
    const stated = fault.retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** pauses, LONGEST_PAUSE_MS);
    pauses += 1;
    budget().closeUntil(now() + stated);
    serve();
  }

  return {
    takeTurn: (points = 1, keptMs = 0) =>
      new Promise((resolve, reject) => {
        const { purpose = 'other', signal } = current.getStore() ?? {};
        const leave = (): void => {
          const at = waiting[purpose].indexOf(turn);
          if (at >= 0) waiting[purpose].splice(at, 1);
          turn.fail(throttled('the call waited too long for its turn within the rate limit', 1_000));
        };
        const settled = (): void => signal?.removeEventListener('abort', leave);
        const turn: Waiting = {
          ...{ purpose, points },
          begin: () => (settled(), resolve()),
          fail: (fault) => (settled(), reject(fault)),
        };
        if (signal?.aborted) return leave();
        if (keptMs > 0 && purpose === 'other')
          return turn.fail(throttled('what is left of its limit is kept for removals', keptMs));
        signal?.addEventListener('abort', leave, { once: true });
        waiting[purpose].push(turn);
        serve();
      }),
    run: (purpose, signal, work) =>
      current.run({ purpose, signal }, async () => {
        try {
          const value = await work();
          pauses = 0;
          return value;
        } catch (error) {
          if (error instanceof Fault && error.code === 'provider-throttled' && !own.has(error))
            pauseAfter(error);
          throw error;
        }
      }),
  };
}
