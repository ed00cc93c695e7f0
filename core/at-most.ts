/** The results of all work, in its order. At most `most` of it runs at once. Rejects with the first error, and begins nothing more then. */
export async function atMost<T>(most: number, work: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  const left = [...work.entries()];
  let isBroken = false;
  const runNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !isBroken; next = left.shift()) {
      const [place, run] = next;
      results[place] = await run();
    }
  };
  await Promise.all(
    Array.from({ length: most }, () =>
      runNext().catch((error: unknown) => {
        isBroken = true;
        throw error;
      }),
    ),
  );
  return results;
}
