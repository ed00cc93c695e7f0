import type { FC } from 'hono/jsx';
import { REVIEW_LIMITS } from '../../../core/reviews/limits.ts';
import { oneLine } from '../../../core/text.ts';
import { ActForm, ClosedActForm } from '../../parts/act-form.tsx';
import type { Names } from '../../parts/names.tsx';
import { reviewPath } from './paths.ts';
import type { Asked, ShownLine } from './read-reviews.ts';

type FormsProps = Readonly<{ review: string; line: ShownLine; asked: Asked; names: Names }>;

/** What the reader can decide about a line. Each form says exactly what it does. */
export const LineForms: FC<FormsProps> = ({ review, line: shown, asked, names }) => {
  const { line, mayDecide, seen } = shown;
  if (!mayDecide) return null;
  const sent = (kind: 'certify' | 'object') => ({
    path: `${reviewPath(review)}/lines`,
    fields: {
      ...{ line: line.id, kind, show: asked.show, page: String(asked.page) },
      ...(seen === undefined ? {} : { seen }),
    },
  });
  return (
    <>
      <ActForm
        {...sent('certify')}
        button="Certify"
        label={`Certify (line ${line.position})`}
        after="A decision is final."
      />
      <ClosedActForm
        summary="Object…"
        summaryLabel={`Object… (line ${line.position})`}
        {...sent('object')}
        button="Object"
      >
        <p>
          Object to <LineTitle line={line} names={names} />? {effectOf(shown)}
        </p>
        <label>
          Why? The person whose access it is, everybody who can approve or review it, and the auditors read
          it.
          <textarea name="note" rows={2} maxlength={REVIEW_LIMITS.reasonLength} required></textarea>
        </label>
      </ClosedActForm>
    </>
  );
};

/** Whose access a line is, and what it is. On a narrow screen the form stands far from the first columns. */
export const LineTitle: FC<Readonly<{ line: ShownLine['line']; names: Names }>> = ({ line, names }) => (
  <strong>
    {line.kind === 'grant'
      ? `${oneLine(names.person(line.person))}: ${oneLine(names.entitlement(line.entitlement))}`
      : `${oneLine(line.account ?? 'an account')} at ${oneLine(line.provider)}`}
  </strong>
);

/** What an objection does. */
function effectOf({ line, facts, seen }: ShownLine): string {
  if (line.until !== undefined) return 'The access has ended already. The objection is recorded.';
  if (line.kind === 'grant')
    return facts?.state === 'revoking' || facts?.state === 'closed'
      ? 'The access is being ended already. The objection is recorded.'
      : endOfRequest(facts?.enforcement.length ?? 1);
  return seen === undefined
    ? 'It is adopted as standing access, which Curfew does not revoke. The objection is recorded.'
    : 'Curfew revokes this access, unless that needs more than an objection. The page Findings shows what became of it.';
}

/** A request ends as a whole. */
const endOfRequest = (accesses: number): string =>
  accesses === 1
    ? 'The request ends now, and Curfew revokes this access.'
    : `The whole request ends now, and Curfew revokes all ${accesses} accesses that it gave.`;
