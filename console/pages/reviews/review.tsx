import type { Child, FC } from 'hono/jsx';
import { reviewLines } from '../../../audit/questions/index.ts';
import { parseReviewId } from '../../../core/reviews/review.ts';
import { readActed } from '../../act.ts';
import { MISSING, movedTo, type PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import { ActForm, Outcome } from '../../parts/act-form.tsx';
import { Person } from '../../parts/names.tsx';
import { type SameAnswer, SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { Time, TimeFromNow } from '../../parts/time.tsx';
import { LINE_COLUMNS, LineForms, LineTitle, Revocation, Scope } from './lines.tsx';
import { linesAddress, reviewPath as pathOf } from './paths.ts';
import {
  type LineQuery,
  askedIn,
  LINE_FILTERS,
  type LineFilter,
  readReviewPage,
  type ReviewAnswer,
  type ShownLine,
} from './read-reviews.ts';

/** `/reviews/<id>`: a review with its lines, and what the reader can decide. */
export const reviewPage: PageHandler = async (c, deps, { reader, address }) => {
  const id = parseReviewId(c.req.param('id') ?? '');
  if (!id.ok) return MISSING;
  const asked = askedIn(c.req.query());
  const acted = await readActed(deps, reader, c.req.query('click'), ({ review }) => review === id.value);
  const answer = await readReviewPage(deps, reader, id.value, { ...asked, click: acted?.click });
  if (!answer) return MISSING;
  const { review, isWhole } = answer;
  const canonical = linesAddress(review.id, asked);
  if (!acted && canonical !== address) return movedTo(canonical);
  const same = {
    command: `curfew audit review ${review.id}`,
    sql: deps.ledger.auditSql(reviewLines(review.id)),
  };
  return {
    kind: 'page',
    title: isWhole ? review.title : 'A review of your access',
    scripts: ['live'],
    reading: { address: canonical, isOwn: !isWhole },
    content: (
      <>
        {acted && <Outcome of={acted} />}
        <ReviewPage {...{ answer, asked }} same={reader.sight.isAuditor ? same : undefined} />
      </>
    ),
  };
};

type ReviewPageProps = Readonly<{ answer: ReviewAnswer; asked: LineQuery; same: SameAnswer | undefined }>;

const ReviewPage: FC<ReviewPageProps> = ({ answer, asked, same }) => {
  const { review, isWhole, lines, counts, decided } = answer;
  return (
    <>
      {decided?.line.decision?.kind === 'object' && (
        <p class="notice">
          <LineTitle line={decided.line} />: <Revocation shown={decided} />
        </p>
      )}
      {isWhole ? (
        <ReviewFacts answer={answer} />
      ) : (
        <p>
          Somebody reviews access of yours. Opened <Time at={review.openedAt} /> by <Person id={review.by} />.
        </p>
      )}
      <PartNote answer={answer} />
      <Filters {...{ answer, asked }} />
      <Table
        caption="Lines of the review"
        columns={[...LINE_COLUMNS, ...(counts.waiting > 0 ? [decideColumn(review.id, asked)] : [])]}
        rows={lines}
        empty={review.lines === 0 ? <NotDrawn /> : 'There is no such line.'}
      />
      <Pages {...{ answer, asked }} />
      {same && (
        <>
          <Section id="folder" title="All of it, with proofs">
            <p>
              A folder with the population, every line and decision, and the whole log with proofs. “curfew
              audit verify” checks it offline. The audit log records who ordered it, and the checksum of what
              you download.
            </p>
            <ActForm path={`${pathOf(review.id)}/folder`} fields={{}} button="Download the folder" isMain />
            <p>The same at the command line:</p>
            <pre tabindex={0}>
              <code>{`curfew audit review ${review.id} --out ./review`}</code>
            </pre>
            <p>
              The lines alone, as a spreadsheet or for programs:{' '}
              <a href={`${pathOf(review.id)}/export?format=csv`}>CSV</a>,{' '}
              <a href={`${pathOf(review.id)}/export?format=jsonl`}>JSONL</a>.
            </p>
          </Section>
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

const decideColumn = (review: string, asked: LineQuery) => ({
  name: 'Decide',
  of: (line: ShownLine): Child => <LineForms {...{ review, line, asked }} />,
});

const ReviewFacts: FC<Pick<ReviewPageProps, 'answer'>> = ({ answer: { review } }) => {
  const { from, to, due, lines, certified, objected, population, wanted, finishedAt } = review;
  const size = wanted === undefined ? ', which is everything' : `, drawn by the audit log, at most ${wanted}`;
  return (
    <>
      <p>
        Access that was held from <Time at={from} seconds /> until <Time at={to} seconds />, scope{' '}
        <Scope of={review.scope} />. Opened <Time at={review.openedAt} /> by <Person id={review.by} />.
      </p>
      <Facts
        of={[
          ['Population', `${population}, frozen when the review was opened`],
          ['Lines', `${lines}${size}`],
          ['Certified', certified],
          ['Objected to', objected],
          ['Not decided', lines - certified - objected],
          finishedAt === undefined
            ? ['Due', <TimeFromNow at={due} />]
            : ['Finished', <Time at={finishedAt} />],
        ]}
      />
      {finishedAt === undefined && due < usePage().now && (
        <p class="notice notice--careful">This review is overdue.</p>
      )}
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
