import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import { type Names, Person, requestPath } from '../parts/names.tsx';
import { Time } from '../parts/time.tsx';
import type { NowAnswer } from './now/read-now.ts';
import { linesAddress } from './reviews/paths.ts';

type WaitingProps = Readonly<{ answer: Pick<NowAnswer, 'asked' | 'reviews'>; names: Names; zone: string }>;

/** The questions that the reader must answer, and the lines of reviews that they can decide. Requests to approve are in the list below. */
export const WaitingForReader: FC<WaitingProps> = ({ answer: { asked, reviews }, names, zone }) =>
  asked.length + reviews.length === 0 ? null : (
    <div class="notice notice--careful">
      <ul>
        {asked.map(({ id, title, askedBy, askedAt }) => (
          <li>
            {askedBy !== null && <Person id={askedBy} names={names} />} asked you about{' '}
            <a href={requestPath(id)}>{oneLine(title)}</a>
            {askedAt !== null && (
              <>
                , <Time at={askedAt} zone={zone} />
              </>
            )}
            . Answer it on the page of the request.
          </li>
        ))}
        {reviews.map(({ review: { id, title, due }, waiting }) => (
          <li>
            {waiting === 1 ? '1 line waits' : `${waiting} lines wait`} for you in the review{' '}
            <a href={linesAddress(id, { show: 'waiting', page: 1 })}>{oneLine(title)}</a>, due{' '}
            <Time at={due} zone={zone} />.
          </li>
        ))}
      </ul>
    </div>
  );
