import type { Task } from './plan.ts';

/** How long a verified end counts in a process that repeats its pass, in milliseconds. */
const COUNTS_MS = 300_000;

/**
 * Remembers which ends were verified. While the ledger is unavailable nobody removes an entry from the manifest, so each pass would send
 * the same calls for all of them, and use up the vendors' rate limits. After some minutes they are verified again, because a
 * late write of a grant, or a person, may have given the access again.
 */
export type VerifiedEnds = Readonly<{ has(task: Task): boolean; add(task: Task): void }>;

export function verifiedEnds(now: () => number = () => performance.now()): VerifiedEnds {
  const until = new Map<string, number>();
  return {
    has: (task) => (until.get(keyOf(task)) ?? -Infinity) > now(),
    add(task) {
      for (const [key, each] of until) if (each <= now()) until.delete(key);
      until.set(keyOf(task), now() + COUNTS_MS);
    },
  };
}

/** What remains is part of it: when another lease of the access ends too, there is something to do again. */
const keyOf = (task: Task): string =>
  task.kind === 'object'
    ? JSON.stringify([task.provider, task.leases, task.managed.what])
    : JSON.stringify([task.provider, task.leases, task.serial, task.intent.level]);
