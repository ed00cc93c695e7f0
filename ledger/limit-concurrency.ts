type Start = () => void;

/** Runs at most `most` tasks at the same time. The others wait, and the first that came is the first to start. */
export function limitConcurrency(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: Start[] = [];
  let running = 0;
  return async (task) => {
    if (running === most) await new Promise<void>((start) => waiting.push(start));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
