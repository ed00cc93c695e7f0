/** A task of one provider. `id` tells it from the others. */
type Task<Id> = Readonly<{ id: Id; provider: string }>;

export type Busy<Id> = Readonly<{
  /** The tasks that were started. */
  ids: readonly Id[];
  /** The providers that have as many tasks as are allowed at the same time. */
  providers: readonly string[];
}>;

/** How many tasks of one provider run at the same time, when the provider does not say. */
const AT_ONCE = 10;
// A pass starts no task after this time. The next pass tries those again whose attempt failed.
const PASS_MS = 30_000;

/**
 * Takes tasks and works on each once. The limit of parallel tasks counts for each provider, so one that does not answer delays its own
 * tasks only (F32). `take` returns at most `most` tasks, so that no provider gets more than its limit. When the search or a task fails,
 * it throws after the tasks that it began.
 */
export async function workThrough<Id, T extends Task<Id>>(
  providers: Limits,
  take: (busy: Busy<Id>, most: number) => Promise<readonly T[]>,
  work: (task: T) => Promise<void>,
): Promise<void> {
  const ids: Id[] = [];
  const failures: unknown[] = [];
  const running = new Map<Promise<void>, string>();
  const deadline = performance.now() + PASS_MS;
  try {
    while (performance.now() < deadline) {
      const wasIdle = running.size === 0;
      const room = roomOf(providers, [...running.values()]);
      const tasks = await take({ ids, providers: room.full }, room.most);
      for (const task of tasks) {
        // A failure is kept here: nobody may be waiting for the task when it fails.
        const done: Promise<void> = work(task)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => running.delete(done));
        running.set(done, task.provider);
        ids.push(task.id);
      }
      if (tasks.length > 0) continue;
      // A task that ran during the search may have had the row of another one locked. Then search again.
      if (wasIdle) break;
      if (running.size > 0) await Promise.race(running.keys());
    }
  } finally {
    await Promise.all(running.keys());
  }
  if (failures.length > 0) throw failures[0];
}

/** The providers by name, with how much each allows at the same time. */
type Limits = ReadonlyMap<string, Readonly<{ mostAtOnce?: number }>>;

/** `full`: the providers that have as many tasks as they allow. `most`: how many tasks fit, whichever of the other ones they are of. */
function roomOf(
  providers: Limits,
  running: readonly string[],
): Readonly<{ full: readonly string[]; most: number }> {
  const rooms = [...new Set([...providers.keys(), ...running])].map((name) => {
    const used = running.filter((each) => each === name).length;
    return { name, left: (providers.get(name)?.mostAtOnce ?? AT_ONCE) - used };
  });
  const open = rooms.filter(({ left }) => left > 0);
  return {
    full: rooms.flatMap(({ name, left }) => (left > 0 ? [] : [name])),
    most: Math.max(1, Math.min(AT_ONCE, ...open.map(({ left }) => left))),
  };
}
