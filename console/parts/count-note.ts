import type { CountLimit } from '../../ledger/index.ts';

/** How far pages count, and how long each count may take, so that no page is slow. */
export const PAGE_COUNT = { most: 1000, withinMs: 250 } as const satisfies CountLimit;

/** A count of a page. `unknown` is shown for one that took too long. */
export const countText = (count: number | undefined, unknown: string): string =>
  count === undefined
    ? unknown
    : count > PAGE_COUNT.most
      ? `more than ${PAGE_COUNT.most.toLocaleString('en')}`
      : String(count);
