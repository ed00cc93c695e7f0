import type { Child, FC } from 'hono/jsx';
import type { PageContext } from '../../page.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { type Names, Person } from '../../parts/names.tsx';
import { type SameAnswer, SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Table } from '../../parts/table.tsx';
import { relative, Time } from '../../parts/time.tsx';
import { lineColumns, LineForms, LineTitle, Revocation, Scope } from './lines.tsx';
import { linesAddress, reviewPath } from './paths.ts';
import {
  type LineQuery,
  LINE_FILTERS,
  type LineFilter,
  type ReviewAnswer,
  type ShownLine,
} from './read-reviews.ts';

export type ReviewPageProps = Readonly<{
  context: PageContext;
  answer: ReviewAnswer;
  asked: LineQuery;
  names: Names;
  same: SameAnswer | undefined;
}>;

/** A review with its lines, and what the reader can decide. */
export const ReviewPage: FC<ReviewPageProps> = ({ context, answer, asked, names, same }) => {
  const { review, isWhole, lines, counts, decided } = answer;
  const { zone } = context.reader;
  return (
    <>
      {decided?.line.decision?.kind === 'object' && (
        <p class="notice">
          <LineTitle line={decided.line} names={names} />: <Revocation shown={decided} />
        </p>
      )}
      {isWhole ? (
        <ReviewFacts {...{ context, answer, names }} />
      ) : (
        <p>
          Somebody reviews access of yours. Opened <Time at={review.openedAt} zone={zone} /> by{' '}
          <Person id={review.by} names={names} />.
        </p>
      )}
      <PartNote answer={answer} />
      <Filters {...{ answer, asked }} />
      <Table
        caption="Lines of the review"
        columns={[
          ...lineColumns(names, zone),
          ...(counts.waiting > 0 ? [decideColumn(review.id, asked, names)] : []),
        ]}
        rows={lines}
        empty={review.lines === 0 ? <NotDrawn /> : 'There is no such line.'}
      />
      <Pages {...{ answer, asked }} />
      {same && (
        <>
          <section aria-labelledby="folder">
            <h2 id="folder">All of it, with proofs</h2>
            <p>
              A folder with the population, every line and decision, and the whole log with proofs. “curfew
              audit verify” checks it offline. The audit log records who ordered it, and the checksum of what
              you download.
            </p>
            <ActForm
              path={`${reviewPath(review.id)}/folder`}
              fields={{}}
              button="Download the folder"
              isMain
            />
            <p>The same at the command line:</p>
            <pre tabindex={0}>
              <code>{`curfew audit review ${review.id} --out ./review`}</code>
            </pre>
            <p>
              The lines alone, as a spreadsheet or for programs:{' '}
              <a href={`${reviewPath(review.id)}/export?format=csv`}>CSV</a>,{' '}
              <a href={`${reviewPath(review.id)}/export?format=jsonl`}>JSONL</a>.
            </p>
          </section>
          <SameAnswerElsewhere same={same} />
        </>
      )}
    </>
  );
};

/** Says that the counts are not of the whole review. Somebody who sees only their own access is not told how many lines the review has. */
const PartNote: FC<Pick<ReviewPageProps, 'answer'>> = ({ answer: { review, isWhole, counts } }) => {
  if (!isWhole)
    return <p class="soft">You see only the lines about your own access. The counts are of these lines.</p>;
  return counts.all >= review.lines ? null : (
    <p class="soft">
      You may see {counts.all} of the {review.lines} lines. The counts are of these {counts.all}.
    </p>
  );
};

const NotDrawn: FC = () => (
  <>
    The sample is not drawn yet. It is drawn when the audit log has published the entry of this review,
    usually within seconds.
  </>
);

const decideColumn = (review: string, asked: LineQuery, names: Names) => ({
  name: 'Decide',
  of: (line: ShownLine): Child => <LineForms {...{ review, line, asked, names }} />,
});

const ReviewFacts: FC<Pick<ReviewPageProps, 'context' | 'answer' | 'names'>> = ({
  context: { reader, now },
  answer: { review },
  names,
}) => {
  const { zone } = reader;
  const { from, to, due, lines, certified, objected, population, wanted, finishedAt } = review;
  return (
    <>
      <p>
        Access that was held from <Time at={from} zone={zone} seconds /> until{' '}
        <Time at={to} zone={zone} seconds />, scope <Scope of={review.scope} />. Opened{' '}
        <Time at={review.openedAt} zone={zone} /> by <Person id={review.by} names={names} />.
      </p>
      <dl class="facts">
        <dt>Population</dt>
        <dd>{population}, frozen when the review was opened</dd>
        <dt>Lines</dt>
        <dd>
          {lines}
          {wanted === undefined ? ', which is everything' : `, drawn by the audit log, at most ${wanted}`}
        </dd>
        <dt>Certified</dt>
        <dd>{certified}</dd>
        <dt>Objected to</dt>
        <dd>{objected}</dd>
        <dt>Not decided</dt>
        <dd>{lines - certified - objected}</dd>
        <dt>{finishedAt === undefined ? 'Due' : 'Finished'}</dt>
        <dd>
          <Time at={finishedAt ?? due} zone={zone} />{' '}
          <span class="soft">{finishedAt === undefined ? relative(due, now) : ''}</span>
        </dd>
      </dl>
      {finishedAt === undefined && due < now && <p class="notice notice--careful">This review is overdue.</p>}
    </>
  );
};

const Filters: FC<Pick<ReviewPageProps, 'answer' | 'asked'>> = ({ answer, asked }) => (
  <nav aria-label="Which lines">
    <ul class="links">
      {(Object.keys(LINE_FILTERS) as readonly LineFilter[]).map((show) => (
        <li>
          <a
            href={linesAddress(answer.review.id, { show, page: 1 })}
            aria-current={show === asked.show ? 'true' : undefined}
          >
            {LINE_FILTERS[show]} ({answer.counts[show]})
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

const Pages: FC<Pick<ReviewPageProps, 'answer' | 'asked'>> = ({ answer: { review, pages }, asked }) =>
  pages < 2 ? null : (
    <p class="paging">
      {asked.page > 1 && (
        <a href={linesAddress(review.id, { ...asked, page: asked.page - 1 })} rel="prev">
          Preceding lines
        </a>
      )}{' '}
      Page {asked.page} of {pages}{' '}
      {asked.page < pages && (
        <a href={linesAddress(review.id, { ...asked, page: asked.page + 1 })} rel="next">
          Following lines
        </a>
      )}
    </p>
  );
