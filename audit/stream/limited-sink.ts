import { messageOf } from '../../core/faults.ts';
import { within } from '../within.ts';
import { type Sink, SinkUnavailable } from './sink.ts';

/** How long one attempt to send, and closing, may take. */
const SEND_MS = 30_000;
/** How long an attempt may go on after the stop. */
const STOP_MS = 5_000;

/** Limits in milliseconds. */
export type SinkLimits = Readonly<{ sendMs?: number; stopMs?: number }>;

/**
 * A sink whose `send` and `close` always end: after a limit, or soon after `stopping` aborts. What does not end, such as a call to a file
 * system that hangs, is left alone. Until it ends, `send` throws `SinkUnavailable` at once: so two attempts never write at the same time,
 * and a sink that hangs keeps only one thread. `hangs` says whether an attempt was left alone.
 */
export function limitedSink(
  sink: Sink,
  stopping: AbortSignal,
  { sendMs = SEND_MS, stopMs = STOP_MS }: SinkLimits = {},
): Sink & Readonly<{ hangs(): boolean }> {
  const { name } = sink;
  const isOver = new AbortController();
  stopping.addEventListener('abort', () => void setTimeout(() => isOver.abort(), stopMs).unref(), {
    once: true,
  });
  let isSending = false;
  const attempt = async (...given: Parameters<Sink['send']>): Promise<number> => {
    isSending = true;
    try {
      return await sink.send(...given);
    } finally {
      isSending = false;
    }
  };
  return {
    name,
    hangs: () => isSending,
    async send(records, signal) {
      if (isSending)
        throw new SinkUnavailable(
          `${name} hangs: an earlier attempt has not ended, and no new one begins before it does`,
        );
      try {
        return await within(sendMs, isOver.signal, (limit) =>
          attempt(records, AbortSignal.any([signal, limit])),
        );
      } catch (error) {
        if (error instanceof SinkUnavailable) throw error;
        throw new SinkUnavailable(`${name} does not take records: ${messageOf(error)}`, { cause: error });
      }
    },
    async close() {
      if (!isSending) await within(sendMs, isOver.signal, () => sink.close());
    },
  };
}
