import type { Child, FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import { REVIEW_LIMITS } from '../../../core/reviews/limits.ts';
import { usePage } from '../../page-context.ts';
import { Person } from '../../parts/names.tsx';
import { type SameAnswer, SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { type Column, NextPage, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { reviewPath, REVIEWS_PATH, reviewsAddress } from './paths.ts';
import { Scope } from './lines.tsx';
import type { ListedReview, ReviewsAnswer } from './read-reviews.ts';
import type { TypedOrder } from './parse-order.ts';

type ListProps = Readonly<{ answer: ReviewsAnswer; same: SameAnswer }>;

/** The reviews that the reader may see, the newest first. */
export const ReviewList: FC<ListProps> = ({ answer, same }) => {
  const { isAuditor } = usePage().reader.sight;
  return (
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
        columns={COLUMNS}
        rows={answer.reviews}
        empty="There is no review that you can see."
      />
      <NextPage href={answer.next && reviewsAddress(answer.next)} />
      {isAuditor && <SameAnswerElsewhere same={same} />}
    </>
  );
};

const COLUMNS: readonly Column<ListedReview>[] = [
  {
    name: 'Review',
    of: ({ review, isWhole }) => (
      <a href={reviewPath(review.id)}>{isWhole ? oneLine(review.title) : 'About your access'}</a>
    ),
  },
  { name: 'Opened', of: ({ review }) => <Time at={review.openedAt} /> },
  { name: 'By', of: ({ review }) => <Person id={review.by} /> },
  { name: 'Scope', of: ({ review, isWhole }) => (isWhole ? <Scope of={review.scope} /> : '') },
  { name: 'Due', of: ({ review }) => <Time at={review.due} /> },
  { name: 'State', of: ({ review, isWhole }) => (isWhole ? stateText(review) : '') },
  { name: 'Waiting for you', of: ({ waiting }) => (waiting === 0 ? '' : waiting), isNumber: true },
];

const stateText = ({ lines, certified, objected, finishedAt }: ListedReview['review']): string => {
  if (lines === 0) return 'the sample is not drawn yet';
  const decided = `${certified + objected} of ${lines} decided, ${objected} objected to`;
  return finishedAt === undefined ? decided : `finished: ${decided}`;
};

type FormProps = Readonly<{ typed: TypedOrder; isOpen: boolean; problem?: Child }>;

/** The form with which an auditor opens a review. It says what opening does. */
export const OpenReviewForm: FC<FormProps> = ({ typed, isOpen, problem }) => (
  <details class="action" open={isOpen}>
    <summary>Open a review…</summary>
    <form method="post" action={REVIEWS_PATH}>
      {problem}
      <p>
        When you open the review, Curfew stores the list of all access that was held in the period and is in
        the scope. It does not change afterwards. The next checkpoint of the audit log draws the sample, so
        nobody can choose it. Each reviewer gets a message in Slack.
      </p>
      <Field
        name="title"
        label="Title, which the reviewers read"
        typed={typed}
        most={REVIEW_LIMITS.titleLength}
        isNeeded
      />
      <Field
        name="scope"
        label="Scope, as a search with person:, approver:, entitlement: and provider:. Empty: everything"
        typed={typed}
        most={500}
      />
      <Field name="from" label="From" typed={typed} most={60} isNeeded />
      <Field name="to" label="Until" typed={typed} most={60} isNeeded />
      <Field
        name="sample"
        label={`Lines in the sample, at most ${REVIEW_LIMITS.lines}. Empty: everything`}
        typed={typed}
        most={5}
        isNumber
      />
      <Field name="days" label="Days until it is due" typed={typed} most={3} isNumber isNeeded />
      <button class="main">Open the review</button>
    </form>
  </details>
);

type FieldProps = Readonly<{
  name: keyof TypedOrder;
  label: string;
  typed: TypedOrder;
  most: number;
  isNeeded?: boolean;
  isNumber?: boolean;
}>;

const Field: FC<FieldProps> = ({ name, label, typed, most, isNeeded = false, isNumber = false }) => (
  <label>
    {label}
    <input
      name={name}
      value={oneLine(typed[name])}
      maxlength={most}
      required={isNeeded}
      inputmode={isNumber ? 'numeric' : undefined}
      autocomplete="off"
      spellcheck={false}
    />
  </label>
);
