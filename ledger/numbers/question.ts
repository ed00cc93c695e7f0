import type { Instant } from '../../core/ids.ts';

/** A time, both ends included, and how its days are told apart. */
export type NumberQuestion = Readonly<{
  from: Instant;
  to: Instant;
  /** The zone of the days. */
  zone: string;
  by: 'day' | 'week';
}>;

/** A time is in seconds. */
export type NumberRow = Readonly<Record<string, string | number | null>>;
