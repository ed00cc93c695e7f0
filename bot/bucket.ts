/** A token bucket. All times are milliseconds of one clock. */
export type Bucket = Readonly<{
  /** How long until a token can be taken. 0 when one can be taken now. */
  waitAt(at: number): number;
  take(at: number): void;
  /** Gives no token before this time. */
  closeUntil(at: number): void;
  isFullAt(at: number): boolean;
}>;

/** Holds `size` tokens when it is full, and gets one `everyMs` milliseconds. */
export function openBucket({ size, everyMs }: Readonly<{ size: number; everyMs: number }>): Bucket {
  /** When the bucket is full again, if nobody takes a token. */
  let fullAt = Number.NEGATIVE_INFINITY;
  let closedUntil = Number.NEGATIVE_INFINITY;
  return {
    waitAt: (at) => Math.max(0, fullAt - (size - 1) * everyMs - at, closedUntil - at),
    take: (at) => void (fullAt = Math.max(fullAt, at) + everyMs),
    closeUntil: (at) => void (closedUntil = Math.max(closedUntil, at)),
    isFullAt: (at) => fullAt <= at && closedUntil <= at,
  };
}
