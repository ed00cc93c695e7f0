import type { PersonId } from '../ids.ts';
import type { ReviewId } from './review.ts';

/** The ending of a request to whose access somebody objected in a review. `why` is the reason of the person. */
export type ObjectionEnding = Readonly<{ kind: 'objected'; by: PersonId; review: ReviewId; why: string }>;
