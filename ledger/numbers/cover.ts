import type { Instant } from '../../core/ids.ts';

/** A day or a month of UTC whose numbers are kept. `before` does not belong to it. */
export type KeptTime = Readonly<{ id: number; from: Instant; before: Instant }>;

/** A part of a time. `before` does not belong to it. Without it, the part goes on to the end of the time, which belongs to it. */
export type Gap = Readonly<{ from: Instant; before?: Instant }>;

/** What a time consists of: kept times, and the gaps between them. */
export type Cover = Readonly<{ kept: readonly number[]; gaps: readonly Gap[] }>;

/**
 * Covers a time, both ends included, with kept times that are in it. They come by their beginning, and of two with the same one the longer
 * comes first.
 */
export function coverOf(
  { from, to }: Readonly<{ from: Instant; to: Instant }>,
  times: readonly KeptTime[],
): Cover {
  const kept: number[] = [];
  const gaps: Gap[] = [];
  let next = from;
  for (const time of times) {
    if (time.from < next || time.before > to) continue;
    if (time.from > next) gaps.push({ from: next, before: time.from });
    kept.push(time.id);
    next = time.before;
  }
  return { kept, gaps: [...gaps, { from: next }] };
}
