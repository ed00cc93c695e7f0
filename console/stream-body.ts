type StreamOptions = Readonly<{
  /** Gets what failed, for the operator. */
  report: (error: unknown) => void;
  /** Runs once, when everything is sent, when something fails, or when nobody reads any more. */
  end?: () => Promise<void>;
}>;

/**
 * The parts as the body of an answer. A failure ends the connection without an end of the body, so that a browser or curl reports it, and
 * nobody takes the part for the whole. When nobody reads any more, no further part is read.
 */
export function streamBody(
  parts: AsyncIterator<Uint8Array>,
  { report, end = () => Promise.resolve() }: StreamOptions,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        report(error);
        controller.error(error);
      }
      await end().catch(report);
    },
    async cancel() {
      await parts.return?.();
      await end().catch(report);
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
