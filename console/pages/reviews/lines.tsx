import type { FC } from 'hono/jsx';
import { oneLine, visible } from '../../../core/text.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { REVIEW_LIMITS } from '../../../core/reviews/limits.ts';
import { formatSearch } from '../../../audit/search/index.ts';
import type { ReviewScope } from '../../../core/reviews/review.ts';
import { usePage } from '../../page-context.ts';
import { Entitlement, People, Person, RequestLink } from '../../parts/names.tsx';
import { ENDING_WORDS } from '../../parts/request-columns.tsx';
import type { Column } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import type { LineQuery, ShownLine } from './read-reviews.ts';
import { ActForm, ClosedActForm } from '../../parts/act-form.tsx';
import { reviewPath } from './paths.ts';

/** Who had what from when until when, who approved it, and what was decided. */
export const LINE_COLUMNS: readonly Column<ShownLine>[] = [
  {
    name: 'Who',
    of: ({ line }) =>
      line.kind === 'grant' ? (
        <Person id={line.person} />
      ) : (
        <>{line.account === undefined ? 'an unknown account' : `the account ${oneLine(line.account)}`}</>
      ),
  },
  {
    name: 'What',
    of: ({ line }) => (line.kind === 'grant' ? <Entitlement id={line.entitlement} /> : 'standing access'),
  },
  {
    name: 'Where',
    of: ({ line: { provider, target, level } }) =>
      `${oneLine(provider)}: ${oneLine(targetWords(target))}, ${oneLine(level)}`,
  },
  { name: 'Since', of: ({ line }) => <Time at={line.since} /> },
  { name: 'Until', of: (shown) => <Until shown={shown} /> },
  {
    name: 'Approved by',
    of: ({ line }) =>
      line.kind === 'grant' ? <People ids={[...new Set(line.approvals.flat())]} /> : 'nobody in Curfew',
  },
  {
    name: 'Request',
    of: ({ line }) =>
      line.kind === 'grant' ? <RequestLink id={line.request} /> : <code>{oneLine(line.id.slice(-8))}</code>,
  },
  { name: 'Decision', of: (shown) => <Decision shown={shown} /> },
];

const Until: FC<Readonly<{ shown: ShownLine }>> = ({ shown: { line, facts } }) => (
  <>
    {line.until === undefined ? 'still held' : <Time at={line.until} />}
    {facts?.ending && (
      <>
        {' '}
        <span class="soft">{ENDING_WORDS[facts.ending]}</span>
      </>
    )}
  </>
);

const Decision: FC<Readonly<{ shown: ShownLine }>> = ({ shown }) => {
  const { line, reviewers, reason } = shown;
  const { decision } = line;
  if (!decision)
    return reviewers.length === 0 ? (
      <>nobody can decide it: the catalogue names nobody</>
    ) : (
      <>
        <span class="state state--waiting">waits for</span> <People ids={reviewers} />
      </>
    );
  return (
    <>
      <span class="state state--over">{decision.kind === 'certify' ? 'certified' : 'objected to'}</span> by{' '}
      <Person id={decision.by} />, <Time at={decision.at} />
      {decision.kind === 'object' && (
        <>
          : {visible(reason ?? 'the reason was erased')}
          <p class="soft">
            <Revocation shown={shown} />
          </p>
        </>
      )}
    </>
  );
};

type FormsProps = Readonly<{ review: string; line: ShownLine; asked: LineQuery }>;

/** What the reader can decide about a line. Each form says exactly what it does. */
export const LineForms: FC<FormsProps> = ({ review, line: shown, asked }) => {
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
          Object to <LineTitle line={line} />? {effectOf(shown)}
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
export const LineTitle: FC<Readonly<{ line: ShownLine['line'] }>> = ({ line }) => {
  const { names } = usePage();
  return (
    <strong>
      {line.kind === 'grant'
        ? `${oneLine(names.person(line.person))}: ${oneLine(names.entitlement(line.entitlement))}`
        : `${oneLine(line.account ?? 'an account')} at ${oneLine(line.provider)}`}
    </strong>
  );
};

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

/** After an objection: whether the access is revoked yet, with a link to its request or to the decisions about its finding. Empty for a line without an objection. */
export const Revocation: FC<Readonly<{ shown: ShownLine }>> = ({ shown }) => {
  const { line } = shown;
  if (line.decision?.kind !== 'object') return null;
  return (
    <>
      {revocationText(shown)}{' '}
      {line.kind === 'grant' ? (
        <>
          See request <RequestLink id={line.request} />.
        </>
      ) : (
        <a href={`/findings/decisions?finding=${encodeURIComponent(line.id)}`}>Decisions about it</a>
      )}
    </>
  );
};

function revocationText({ line, facts, finding }: ShownLine): string {
  if (line.until !== undefined) return 'The access is gone.';
  if (line.kind === 'grant') {
    if (facts?.state === 'closed') return 'The access is revoked.';
    return facts?.state === 'revoking' ? REVOKING : 'Curfew is ending the request.';
  }
  switch (finding?.state) {
    case 'open':
      return finding.pending?.kind === 'revoke'
        ? REVOKING
        : 'Curfew has not revoked it: the people who decide about findings must decide.';
    case 'adopted':
      return 'It is adopted as standing access, which Curfew does not revoke.';
    case 'revoked':
      return 'The access is revoked.';
    case 'gone':
    case undefined:
      return 'The access is gone.';
  }
}

const REVOKING =
  'Curfew is revoking the access. It tries again until the provider shows that the access is gone.';

/** A scope as people write it. */
export const Scope: FC<Readonly<{ of: ReviewScope }>> = ({ of }) =>
  Object.keys(of).length === 0 ? <>everything</> : <code>{oneLine(formatSearch({ is: of }))}</code>;
