/**
 * The lines as the body of an answer. A failure ends the connection without an end of the body, so that a browser or curl reports it, and
 * nobody takes the part for the whole. When nobody reads any more, no further line is read.
 */
export function streamLines(
  lines: AsyncGenerator<string>,
  report: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(`${value}\n`));
      } catch (error) {
        report(error);
        controller.error(error);
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
