import type { FC } from 'hono/jsx';
import { formatSearch } from '../../../audit/search/index.ts';
import type { ReviewScope } from '../../../core/reviews/review.ts';
import { oneLine } from '../../../core/text.ts';

/** A scope as people write it. */
export const Scope: FC<Readonly<{ of: ReviewScope }>> = ({ of }) =>
  Object.keys(of).length === 0 ? <>everything</> : <code>{oneLine(formatSearch({ is: of }))}</code>;
