import type { FC } from 'hono/jsx';
import type { CountLimit } from '../../ledger/index.ts';

/** A part of a list: how many are before it, how many it has, and whether more follow. */
export type Part = Readonly<{ from: number; shown: number; hasMore: boolean }>;

type PageLinksProps = Readonly<{
  part: Part;
  /** How many a page has. */
  size: number;
  /** The address of the part after so many. */
  hrefFrom: (from: number) => string;
  /** What the list has, such as `people`. */
  what: string;
}>;

/** How many are before a part, as the address says it. None, when it says something else. */
export const partFrom = (typed: string | undefined): number =>
  /^\d{1,6}$/.test(typed ?? '') ? Number(typed) : 0;

/** The states of a request that is not over, as a search has them. */
export const OPEN_STATES = 'state:pending,granting,active,revoking';

/** A link to everything of which a part is shown. */
export const AllOfThem: FC<Readonly<{ search: string }>> = ({ search }) => (
  <p class="links">
    <a href={`/requests?${new URLSearchParams({ q: search }).toString()}`}>All of them</a>
  </p>
);

/** What a heading says of a list of which a part is shown. */
export const partNote = ({ from, shown }: Pick<Part, 'from' | 'shown'>, count: number): string =>
  shown === count ? `(${count})` : `(${from + 1} to ${from + shown} of ${count})`;

/** Links to the parts before and after this one. */
export const PageLinks: FC<PageLinksProps> = ({ part: { from, shown, hasMore }, size, hrefFrom, what }) =>
  from === 0 && !hasMore ? null : (
    <p class="links paging">
      {from > 0 && (
        <a href={hrefFrom(Math.max(0, from - size))} rel="prev">
          Preceding {what}
        </a>
      )}
      {hasMore && (
        <a href={hrefFrom(from + shown)} rel="next">
          Following {what}
        </a>
      )}
    </p>
  );

/** How far pages count, and how long each count may take, so that no page is slow. */
export const PAGE_COUNT = { most: 1000, withinMs: 250 } as const satisfies CountLimit;

/** A count of a page. `unknown` is shown for one that took too long. */
export const countText = (count: number | undefined, unknown: string): string =>
  count === undefined
    ? unknown
    : count > PAGE_COUNT.most
      ? `more than ${PAGE_COUNT.most.toLocaleString('en')}`
      : String(count);
