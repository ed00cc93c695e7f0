import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Fault } from '../core/faults.ts';
import { type AttemptKind, type CallPurpose, openTurns, purposeOf, type Turns } from '../core/turns.ts';
import { whenAborted } from '../core/when-aborted.ts';
import type { TakeTurn } from './provider.ts';

/**
 * One attempt at a vendor: what it is for, and the points of all its calls. An attempt that has a `key` comes back with it, after the wait
 * that it was told, and keeps its place meanwhile.
 */
export type Attempt = Readonly<{ kind: AttemptKind; points: number; key?: string }>;

/** The calls of one process to one vendor, within the vendor's rate. */
export type CallQueue = Readonly<{
  /** Resolves when the next call of the attempt may be made, which costs so many points. Each client asks just before it calls its vendor. */
  takeTurn: TakeTurn;
  /**
   * Runs `work` as one attempt, when the vendor accepts all its calls. An attempt inside of another one is a part of it. `shared` has the turns of
   * all processes.
   */
  run<T>(attempt: Attempt, signal: AbortSignal, work: () => Promise<T>, shared?: Turns): Promise<T>;
}>;

/** What runs. `left` are the points that it has not used. `since` is when it began, or when it made its last call. */
type Running = {
  readonly attempt: Attempt;
  readonly signal: AbortSignal;
  readonly shared: Turns | undefined;
  left: number;
  since: number;
};

type Options = Readonly<{ name: string; perMinute: () => number; now?: () => number }>;

/** An attempt or a call that would wait for longer fails at once, with the wait that is left. */
const LONGEST_MS = 5_000;
/** The pause after a limit without a stated wait. It doubles with each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A ledger that needs longer counts as unavailable. An end waits for nothing longer. */
const LEDGER_MS = 2_000;
/** Without the ledger, a process uses this part of the rate, because another process may use the credential too. */
const ALONE = 0.5;

const OPEN: Readonly<Record<CallPurpose, number>> = { removal: 0, other: 0 };
const WHY_CLOSED: Readonly<Record<CallPurpose, string>> = {
  removal: 'its limit is used up',
  other: 'what is left of its limit is kept for removals',
};

/** `perMinute`: the points that the vendor accepts in any minute. */
export function openCallQueue({ name, perMinute, now = () => performance.now() }: Options): CallQueue {
  const current = new AsyncLocalStorage<Running>();
  const own = openTurns(now);
  let closedUntil = Number.NEGATIVE_INFINITY;
  let pauses = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;

  /** The faults of this queue. They are not of the vendor, so no pause follows. */
  const ownFaults = new WeakSet<Fault>();
  function throttled(why: string, retryAfterMs: number): Fault {
    const fault = new Fault('provider-throttled', `${name}: ${why}`, { retryAfterMs });
    ownFaults.add(fault);
    return fault;
  }
  const tooLong = (): Fault =>
    throttled('the call waited too long for its turn within the rate limit', FIRST_PAUSE_MS);

  async function sleep(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        stopWaiting();
        resolve();
      }, Math.ceil(ms));
      const stopWaiting = whenAborted(signal, () => {
        clearTimeout(timer);
        reject(tooLong());
      });
    });
  }

  /** Takes a turn that all processes share, or while the ledger does not answer one of this process. */
  async function take(asked: Attempt & { key: string; isMore?: boolean }, shared: Turns | undefined) {
    const most = perMinute();
    if (shared) {
      const answer = await within(LEDGER_MS, shared.take({ ...asked, most })).catch(() => undefined);
      if (answer) {
        if (answer.waitMs === 0) await own.take({ ...asked, key: randomUUID(), most: Infinity });
        return { ...answer, free: () => shared.free(answer.id).catch(() => undefined) };
      }
    }
    const answer = await own.take({ ...asked, most: shared ? most * ALONE : most });
    return { ...answer, free: () => own.free(answer.id) };
  }

  /** Waits until the attempt may begin. Returns how to give its points back. */
  async function begin(attempt: Attempt, signal: AbortSignal, shared: Turns | undefined) {
    const asked = { ...attempt, key: attempt.key ?? randomUUID() };
    for (;;) {
      if (signal.aborted) throw tooLong();
      const closedMs = closedUntil - now();
      if (closedMs > LONGEST_MS) throw throttled('it accepts no calls now', closedMs);
      const { waitMs, ahead, free } = await take(asked, shared);
      if (waitMs === 0) return free;
      if (waitMs > LONGEST_MS) {
        if (attempt.key === undefined) await free();
        throw throttled(
          `the rate limit allows this in about ${minutes(waitMs)}; attempts that come first: ${ahead}`,
          waitMs,
        );
      }
      await sleep(waitMs, signal).catch(async (error: unknown) => {
        if (attempt.key === undefined) await free();
        throw error;
      });
    }
  }

  /** An attempt that needs more points than it said waits for no other one that has not begun. */
  async function takeMore({ attempt, signal, shared }: Running, points: number): Promise<void> {
    const asked = { ...attempt, points, key: randomUUID(), isMore: true };
    for (;;) {
      const { waitMs, free } = await take(asked, shared);
      if (waitMs === 0) return;
      await sleep(waitMs, signal).catch(async (error: unknown) => (await free(), Promise.reject(error)));
    }
  }

  /** Calls that were under way together are refused together. They are one limit, and one pause. */
  function pauseAfter({ retryAfterMs }: Fault, { since }: Running): void {
    const at = now();
    const close = (ms: number): void => void (closedUntil = Math.max(closedUntil, at + ms));
    if (since > pausedAt) {
      pauses += 1;
      pausedAt = at;
      if (retryAfterMs === undefined) close(Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), LONGEST_PAUSE_MS));
    }
    if (retryAfterMs !== undefined) close(retryAfterMs);
  }

  async function watched<T>(running: Running, work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      if (running.since > pausedAt) pauses = 0;
      return value;
    } catch (error) {
      if (error instanceof Fault && error.code === 'provider-throttled' && !ownFaults.has(error))
        pauseAfter(error, running);
      throw error;
    }
  }

  return {
    async takeTurn(points = 1, closedMs = OPEN) {
      const running = current.getStore();
      const purpose = purposeOf(running?.attempt.kind ?? 'other');
      if (closedMs[purpose] > 0) throw throttled(WHY_CLOSED[purpose], closedMs[purpose]);
      const waitMs = closedUntil - now();
      if (waitMs > LONGEST_MS) throw throttled('it accepts no calls now', waitMs);
      if (!running) return;
      if (running.signal.aborted) throw tooLong();
      if (waitMs > 0) await sleep(waitMs, running.signal);
      const missing = points - running.left;
      running.left = Math.max(0, -missing);
      if (missing > 0) await takeMore(running, missing);
      running.since = now();
    },
    async run(attempt, signal, work, shared) {
      const outer = current.getStore();
      if (outer) return watched(outer, work);
      const free = await begin(attempt, signal, shared);
      const running: Running = { attempt, signal, shared, left: attempt.points, since: now() };
      try {
        return await current.run(running, () => watched(running, work));
      } finally {
        if (running.left === attempt.points) await free();
      }
    },
  };
}

const minutes = (ms: number): string => {
  const count = Math.ceil(ms / 60_000);
  return count === 1 ? 'a minute' : `${count} minutes`;
};

/** Fails when the answer takes longer than `ms`. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
