const MINUTE = 60_000;

/** A read that came sooner after a change says nothing, also where a provider has no consistency window. */
const SHORTEST_MS = 1_000;

/** When the second and the third look come after a grant or a receipt, in milliseconds. The first one comes after the consistency window. */
const LATER_MS: readonly number[] = [MINUTE, 15 * MINUTE];

/** A look that failed is repeated after this time. */
export const RETRY_MS = 30_000;

/** How many looks follow each change. */
export const LOOKS_AFTER_CHANGE = LATER_MS.length + 1;

/** The time between a change and the look after `done` earlier ones, in milliseconds. Undefined for a regular look. */
export const lookAfterMs = (done: number, windowMs: number): number | undefined =>
  done === 0 ? Math.max(windowMs, SHORTEST_MS) : maxOf(LATER_MS[done - 1], windowMs);

const maxOf = (one: number | undefined, other: number): number | undefined =>
  one === undefined ? undefined : Math.max(one, other);
