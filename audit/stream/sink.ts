import type { StreamRecord } from './record.ts';

/** Where records are sent. `name` is its address without a secret, and is always the same for one sink. */
export interface Sink {
  readonly name: string;
  /**
   * Sends the first of these records, in order, and returns how many: at least one. When it returns, the sink has them for good. Sending
   * the same ones again does no harm. Throws `SinkUnavailable` when it is not known whether the sink has them.
   */
  send(records: readonly StreamRecord[], signal: AbortSignal): Promise<number>;
  /** Releases what is open. */
  close(): Promise<void>;
}

/** A sink did not take records. A later attempt can succeed. The message says what was tried, and where, without a secret. */
export class SinkUnavailable extends Error {
  override readonly name = 'SinkUnavailable';
  /** The wait that the sink stated, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
