import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import { type Names, Person } from '../../parts/names.tsx';
import { SameAnswerElsewhere, type SameAnswer } from '../../parts/same-answer.tsx';
import { type Column, NextPage, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { reviewPath, reviewsAddress } from './paths.ts';
import { Scope } from './scope.tsx';
import type { ListedReview, ReviewsAnswer } from './read-reviews.ts';

type ListProps = Readonly<{
  answer: ReviewsAnswer;
  names: Names;
  zone: string;
  isAuditor: boolean;
  same: SameAnswer | undefined;
}>;

/** The reviews that the reader may see, the newest first. */
export const ReviewList: FC<ListProps> = ({ answer, names, zone, isAuditor, same }) => (
  <>
    <p>
      A review asks people to look at access again. Each line is certified, or somebody objects to it with a
      reason, which ends the access when it is live.
    </p>
    {!isAuditor && (
      <p class="soft">You see the reviews with lines that you can decide, or about your own access.</p>
    )}
    <Table
      caption="Reviews of access"
      columns={columnsOf(names, zone)}
      rows={answer.reviews}
      empty="There is no review that you can see."
    />
    <NextPage href={answer.next && reviewsAddress(answer.next)} />
    {same && <SameAnswerElsewhere same={same} />}
  </>
);

const columnsOf = (names: Names, zone: string): readonly Column<ListedReview>[] => [
  {
    name: 'Review',
    of: ({ review, isWhole }) => (
      <a href={reviewPath(review.id)}>{isWhole ? oneLine(review.title) : 'About your access'}</a>
    ),
  },
  { name: 'Opened', of: ({ review }) => <Time at={review.openedAt} zone={zone} /> },
  { name: 'By', of: ({ review }) => <Person id={review.by} names={names} /> },
  {
    name: 'Scope',
    of: ({ review, isWhole }) => (isWhole ? <Scope of={review.scope} /> : ''),
  },
  { name: 'Due', of: ({ review }) => <Time at={review.due} zone={zone} /> },
  { name: 'State', of: ({ review, isWhole }) => (isWhole ? stateText(review) : '') },
  { name: 'Waiting for you', of: ({ waiting }) => (waiting === 0 ? '' : waiting), isNumber: true },
];

const stateText = ({ lines, certified, objected, finishedAt }: ListedReview['review']): string => {
  if (lines === 0) return 'the sample is not drawn yet';
  const decided = `${certified + objected} of ${lines} decided, ${objected} objected to`;
  return finishedAt === undefined ? decided : `finished: ${decided}`;
};
