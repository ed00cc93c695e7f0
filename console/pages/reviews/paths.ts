import type { ReviewsPart } from '../../../ledger/index.ts';
import { rfc3339 } from '../../parts/time.tsx';
import { addressOf } from '../../parts/period.tsx';
import type { LineQuery } from './read-reviews.ts';

export const REVIEWS_PATH = '/reviews';
export const reviewPath = (id: string): string => `${REVIEWS_PATH}/${encodeURIComponent(id)}`;

/** The address of a page of the list. */
export const reviewsAddress = (before?: ReviewsPart['before']): string =>
  addressOf(REVIEWS_PATH, { before: before && `${rfc3339(before.at)}/${before.id}` });

/** The address of a page of lines. */
export const linesAddress = (id: string, { show, page }: LineQuery): string =>
  addressOf(reviewPath(id), {
    show: show === 'all' ? undefined : show,
    page: page === 1 ? undefined : String(page),
  });
