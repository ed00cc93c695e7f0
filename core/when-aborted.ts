const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` when the signal aborts, at once when it has. Returns how to stop waiting. However many wait, the signal has one listener:
 * Node warns from the eleventh on, because it takes them for a leak.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const all = waiting.get(signal) ?? listenTo(signal);
  all.add(act);
  return () => void all.delete(act);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener('abort', () => all.forEach((act) => act()), { once: true });
  return all;
}
