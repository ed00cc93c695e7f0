const AT_ONCE = 8;

/** Does the work for each number below `count`, some at the same time. Rejects with the first failure, when nothing works any more. */
export async function inParallel<T>(
  count: number,
  work: (number: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const ended = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, async () => {
      for (let number = next++; number < count; number = next++) results.push(await work(number));
    }),
  );
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}
