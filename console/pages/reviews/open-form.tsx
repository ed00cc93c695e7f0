import type { Child, FC } from 'hono/jsx';
import { REVIEW_LIMITS } from '../../../core/reviews/limits.ts';
import { oneLine } from '../../../core/text.ts';
import { REVIEWS_PATH } from './paths.ts';
import type { TypedOrder } from './parse-order.ts';

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
