type StreamOptions = Readonly<{
  /** Gets what failed, for the operator. */
  report: (error: unknown) => void;
  /** Runs once, when everything is sent, when something fails, or when nobody reads any more. */
  end?: () => Promise<void>;
  /** A reader that reads nothing for so long is cut off. */
  stalledAfterMs?: number;
}>;

/**
 * After this time without a read the download ends, and its folder and connection are free. Proxies and the buffers of sockets hold some megabytes, so
 * with a slow reader nothing may be read here for minutes.
 */
const STALLED_AFTER_MS = 600_000;

/**
 * The parts as the body of an answer. A failure ends the connection without an end of the body, so that a browser or curl reports it, and
 * nobody takes the part for the whole. When nobody reads any more, no further part is read. A reader that keeps its connection and reads
 * nothing is cut off the same way.
 */
export function streamBody(
  parts: AsyncIterator<Uint8Array>,
  { report, end = () => Promise.resolve(), stalledAfterMs = STALLED_AFTER_MS }: StreamOptions,
): ReadableStream<Uint8Array> {
  let stalled: NodeJS.Timeout | undefined;
  let hasLeft = false;
  const close = async () => {
    clearTimeout(stalled);
    try {
      await parts.return?.();
    } finally {
      await end().catch(report);
    }
  };
  const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    stalled = setTimeout(() => {
      const error = new Error(`a download was cut off, because nobody read it for ${stalledAfterMs} ms`);
      report(error);
      controller.error(error);
      void close().catch(report);
    }, stalledAfterMs);
    stalled.unref(); // Nothing waits for a reader when the process ends.
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(stalled);
      try {
        const { done, value } = await parts.next();
        if (hasLeft) return;
        if (!done) {
          controller.enqueue(value);
          return waitForReader(controller);
        }
        await end().catch(report);
        if (!hasLeft) controller.close();
      } catch (error) {
        report(error);
        controller.error(error);
        await end().catch(report);
      }
    },
    cancel() {
      hasLeft = true;
      return close();
    },
  });
}

/** Lines as the body of an answer, each with its end. */
export const streamLines = (
  lines: AsyncIterable<string>,
  options: StreamOptions,
): ReadableStream<Uint8Array> => streamBody(encoded(lines), options);

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(`${line}\n`);
}
