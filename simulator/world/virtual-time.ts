import type { Random } from './random.ts';
import { currentScope, runIn, type Scope } from './scope.ts';

/** Something that happens at a time. Of two at one time, the one that was planned first happens first. */
type Planned = { at: number; order: number; scope: Scope; happen: () => void; isCancelled: boolean };

/**
 * A clock that moves only when everything stands still: then the next planned thing happens, at its time. While it is
 * installed, the timers and the clocks of JavaScript are this one, so the real code runs on it unchanged.
 */
export type VirtualTime = Readonly<{
  now(): number;
  /** Plans something in the scope of the caller. */
  plan(afterMs: number, happen: () => void): Readonly<{ cancel(): void }>;
  /** Counts real I/O, such as a query. No time passes until it is answered. Answers come in the order of the questions, so it must not contain another one. */
  track<T>(work: () => Promise<T>): Promise<T>;
  /** Lets everything happen until this time. `afterEach` is called when everything stands still, and returns whether something can go on. */
  runUntil(end: number, afterEach: () => boolean): Promise<void>;
  uninstall(): void;
}>;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Replaces the clocks and timers of this process by virtual ones, and its random numbers by those of the seed. The time begins at
 * `from`, in milliseconds since 1970.
 */
export function installVirtualTime(from: number, random: Random): VirtualTime {
  const queue: Planned[] = [];
  let now = from;
  let order = 0;
  let inProgress = 0;
  let wake = (): void => undefined;
  let answered: Promise<void> = Promise.resolve();

  const plan: VirtualTime['plan'] = (afterMs, happen) => {
    const at = now + Math.max(Number.isFinite(afterMs) ? afterMs : 0, 0);
    const planned: Planned = { at, order: (order += 1), scope: currentScope(), happen, isCancelled: false };
    queue.splice(placeOf(queue, planned), 0, planned);
    return { cancel: () => void (planned.isCancelled = true) };
  };
  /** Until no real I/O is in progress and every promise that could go on has gone on. */
  const standStill = async (): Promise<void> => {
    await turn();
    while (inProgress > 0) {
      await new Promise<void>((resolve) => (wake = resolve));
      await turn();
    }
  };
  const restore = replaceGlobals({ plan, now: () => now, random });
  return {
    now: () => now,
    plan,
    async track(work) {
      inProgress += 1;
      const before = answered;
      let done = (): void => undefined;
      answered = new Promise((resolve) => (done = resolve));
      try {
        return await work();
      } finally {
        await before;
        void turn().then(done); // What waits for this answer goes on first.
        inProgress -= 1;
        if (inProgress === 0) wake();
      }
    },
    async runUntil(end, afterEach) {
      for (;;) {
        const next = queue[0];
        if (!next || next.at > end) break;
        queue.shift();
        if (next.isCancelled || next.scope.isDead) continue;
        now = Math.max(now, next.at);
        if (next.scope.frozenUntil > now)
          runIn(next.scope, () => plan(next.scope.frozenUntil - now, next.happen));
        else {
          runIn(next.scope, next.happen);
          do await standStill();
          while (afterEach());
        }
      }
      now = end;
    },
    uninstall: restore,
  };
}

/** Where it belongs in the queue, which is in the order of time. */
function placeOf(queue: readonly Planned[], { at }: Planned): number {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((queue[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Timer = { cancel(): void; unref(): Timer; ref(): Timer };

const REPLACED: readonly (readonly [owner: object, name: string])[] = [
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'clearTimeout'],
  [globalThis, 'clearInterval'],
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [AbortSignal, 'timeout'],
];

/** Returns a function that sets the real ones back. */
function replaceGlobals({
  plan,
  now,
  random,
}: Pick<VirtualTime, 'plan' | 'now'> & Readonly<{ random: Random }>): () => void {
  const timerOf = (cancel: () => void): Timer => {
    const timer: Timer = { cancel, unref: () => timer, ref: () => timer };
    return timer;
  };
  const virtualTimeout = (work: (...args: readonly unknown[]) => void, ms = 0, ...args: readonly unknown[]) =>
    timerOf(plan(ms, () => work(...args)).cancel);
  const virtualInterval = (work: () => void, ms: number): Timer => {
    let cancel = (): void => undefined;
    const again = (): void => {
      ({ cancel } = plan(ms, () => (again(), work())));
    };
    again();
    return timerOf(() => cancel());
  };
  const stop = (timer: Timer | undefined): void => timer?.cancel();
  const before = REPLACED.map(([owner, name]) => [owner, name, Reflect.get(owner, name) as unknown] as const);
  Object.assign(globalThis, {
    setTimeout: virtualTimeout,
    setInterval: virtualInterval,
    clearTimeout: stop,
    clearInterval: stop,
  });
  Date.now = () => Math.floor(now() + currentScope().skewMs);
  Math.random = () => random.between(0, 1);
  performance.now = now;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    plan(ms, () => controller.abort(new DOMException('The operation timed out', 'TimeoutError')));
    return controller.signal;
  };
  return () => {
    for (const [owner, name, value] of before) Reflect.set(owner, name, value);
  };
}
