/** Waits for the first Ctrl-C, SIGTERM or closed terminal; a second one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let signalled = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (signalled) process.exit(1);
        signalled = true;
        resolve();
      });
  });
}

/** Returns a wait of some milliseconds that ends at once when the person stops the command. Its result says which it was. */
export function stoppableWait(ms: number): () => Promise<boolean> {
  const stopped = untilStopped().then(() => true);
  return () => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
    return Promise.race([stopped, over]).finally(() => clearTimeout(timer));
  };
}
