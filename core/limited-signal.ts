/**
 * A signal that aborts with the other one, or after `ms` milliseconds. Use it in place of `AbortSignal.any` with `AbortSignal.timeout`:
 * Node 20 forgets such a time limit when it collects garbage, unless somebody listens to it.
 */
export function limitedSignal(signal: AbortSignal, ms: number): AbortSignal {
  const limit = AbortSignal.timeout(ms);
  limit.addEventListener('abort', () => undefined, { once: true });
  return AbortSignal.any([signal, limit]);
}
