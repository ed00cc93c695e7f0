// Takes the place of the module node:timers/promises in the simulator. Its wait is one of the virtual time.

type Options = Readonly<{ signal?: AbortSignal }>;

export const setTimeout = <T>(ms: number, value?: T, { signal }: Options = {}): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      globalThis.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
