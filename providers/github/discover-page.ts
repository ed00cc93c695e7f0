import { Fault } from '../../core/faults.ts';

/** Where a page begins: after this cursor, in the list of this name. */
export type Cursor = Readonly<{ list: string; after: string | null }>;

export type At = Readonly<{ page?: string | undefined; signal: AbortSignal }>;

/** Reads `<list> <cursor>`. GitHub's cursors have no space. */
export function cursorOf(page: string | undefined, first: string): Cursor {
  const [list = first, after] = page?.split(' ') ?? [];
  return { list, after: after ?? null };
}

/** GitHub answers a query without the list: the App may not see it. A list that is not shown is no empty list. */
export const notShown = (what: string): Fault =>
  new Fault('provider-forbidden', `github: GitHub does not show the App ${what}`);
