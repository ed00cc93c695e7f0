/** A task of one provider. `id` tells it from the others. */
type Task<Id> = Readonly<{ id: Id; provider: string }>;

export type Busy<Id> = Readonly<{
  /** The tasks that were started. */
  ids: readonly Id[];
  /** The providers that have as many tasks as are allowed at the same time. */
  providers: readonly string[];
}>;

const PER_PROVIDER = 10;
// A pass starts no task after this time. The next pass tries those again whose attempt failed.
const PASS_MS = 30_000;

/**
 * Takes one task after another and works on each once. The limit of parallel tasks counts for each provider, so one that
 * does not answer delays its own tasks only (F32). When the search fails, it throws after the tasks that it began.
 */
export async function workThrough<Id, T extends Task<Id>>(
  take: (busy: Busy<Id>) => Promise<T | undefined>,
  work: (task: T) => Promise<void>,
): Promise<void> {
  const ids: Id[] = [];
  const running = new Map<Promise<void>, string>();
  const deadline = performance.now() + PASS_MS;
  try {
    while (performance.now() < deadline) {
      const wasIdle = running.size === 0;
      const task = await take({ ids, providers: busyProviders([...running.values()]) });
      if (task) {
        const done: Promise<void> = work(task).finally(() => running.delete(done));
        running.set(done, task.provider);
        ids.push(task.id);
        continue;
      }
      // A task that ran during the search may have had the row of another one locked. Then search again.
      if (wasIdle) break;
      if (running.size > 0) await Promise.race(running.keys());
    }
  } finally {
    await Promise.all(running.keys());
  }
}

const busyProviders = (running: readonly string[]): readonly string[] =>
  [...new Set(running)].filter((name) => running.filter((each) => each === name).length >= PER_PROVIDER);
