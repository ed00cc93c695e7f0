export type Stoppable = Readonly<{ stop(): Promise<void> }>;

/** What a queue does. `work` handles its own failures, and an item that it could not finish is taken again later. */
export type Queue<T> = Readonly<{
  /** How many items are worked on at the same time. The default is 32. */
  mostAtOnce?: number;
  take: (limit: number) => Promise<readonly T[]>;
  work: (item: T) => Promise<void>;
  /** Calls `look` whenever there may be items. */
  watch: (look: () => Promise<number>) => Stoppable;
}>;

const MOST_AT_ONCE = 32;

/** Takes items and works on them, each once at a time, until stopped. The stop waits for the work in progress. */
export function startQueue<T extends Readonly<{ id: string }>>({
  mostAtOnce = MOST_AT_ONCE,
  take,
  work,
  watch,
}: Queue<T>): Stoppable {
  const inProgress = new Map<string, Promise<void>>();

  async function takeSome(): Promise<number> {
    if (inProgress.size >= mostAtOnce) await Promise.race(inProgress.values());
    const found = await take(mostAtOnce - inProgress.size);
    for (const item of found) {
      if (inProgress.has(item.id)) continue; // It is taken again if this attempt fails.
      if (inProgress.size >= mostAtOnce) await Promise.race(inProgress.values());
      inProgress.set(
        item.id,
        work(item).finally(() => inProgress.delete(item.id)),
      );
    }
    return found.length;
  }

  const watching = watch(takeSome);
  return {
    async stop() {
      await watching.stop();
      await Promise.all(inProgress.values());
    },
  };
}

/** Stops all queues at the same time. */
export const stopAll = (queues: readonly Stoppable[]): Stoppable => ({
  stop: async () => void (await Promise.all(queues.map((queue) => queue.stop()))),
});
