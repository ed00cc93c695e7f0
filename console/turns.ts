/** Nothing was done, because too much waits for its turn already. */
export class TooManyWaiting extends Error {}

type Limits = Readonly<{
  /** How much of one key is done at the same time. */
  atOnce: number;
  /** How much of one key waits at most. What comes after that is refused (`TooManyWaiting`). */
  mostWaiting: number;
}>;

/** Does work in turn with other work of the same key, in the order in which it came. Work of different keys does not wait for each other. */
export function turns({
  atOnce,
  mostWaiting,
}: Limits): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const keys = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return async (key, work) => {
    const own = keys.get(key) ?? { running: 0, waiting: [] };
    keys.set(key, own);
    if (own.running < atOnce) own.running += 1;
    else if (own.waiting.length >= mostWaiting) throw new TooManyWaiting(key);
    else await new Promise<void>((start) => own.waiting.push(start)); // It gets the place of what ends.
    try {
      return await work();
    } finally {
      const next = own.waiting.shift();
      if (next) next();
      else own.running -= 1;
      if (own.running === 0) keys.delete(key);
    }
  };
}
