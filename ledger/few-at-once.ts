type Start = () => void;

/** Runs at most `most` works at the same time. The others wait for their turn, in their order. */
export function fewAtOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: Start[] = [];
  let running = 0;
  return async (work) => {
    if (running === most) await new Promise<void>((start) => waiting.push(start));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
