import type {
  Ledger,
  RequestPage,
  RequestPart,
  RequestRow,
  RequestSearch,
  VisibleRequests,
} from '../../ledger/index.ts';

/** How many rows are in memory at once. */
const PAGE_ROWS = 1000;

/** A count of requests stops here: more would take longer than a page may. */
export const MOST_COUNTED = 10_000;

/** Which requests are asked about, and which of them the reader may see. */
export type RequestQuestion = Readonly<{ search: RequestSearch; visible: VisibleRequests }>;

type Requests = Pick<Ledger, 'searchRequests' | 'countSearched'>;

/** One page of the requests, the newest first. */
export const requestPage = (
  { searchRequests }: Pick<Requests, 'searchRequests'>,
  { search, visible }: RequestQuestion,
  part: RequestPart,
): Promise<RequestPage> => searchRequests(search, visible, part);

/** How many requests there are. One more than `MOST_COUNTED` means that there are more than that. */
export const countRequests = (
  { countSearched }: Pick<Requests, 'countSearched'>,
  { search, visible }: RequestQuestion,
): Promise<number> => countSearched(search, visible, MOST_COUNTED);

/** All requests after a place, the newest first. However many there are, it keeps one page of them. */
export async function* requestRows(
  { searchRequests }: Pick<Requests, 'searchRequests'>,
  { search, visible }: RequestQuestion,
  after?: string,
): AsyncGenerator<RequestRow> {
  let from = after;
  do {
    const { rows, next } = await searchRequests(search, visible, { after: from, most: PAGE_ROWS });
    yield* rows;
    from = next;
  } while (from !== undefined);
}
