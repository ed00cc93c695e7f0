import type { FC } from 'hono/jsx';
import { relative, Time } from '../../parts/time.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { usePage } from '../../page-context.ts';
import { countText } from '../../parts/page-links.tsx';
import { PeriodHead } from './section.tsx';
import { FINDINGS_PATH, type FindingsQuestion, sectionAddress } from './question.ts';
import { type Overview, type SectionLine } from './read-findings.ts';

type OverviewProps = Readonly<{ question: FindingsQuestion; answer: Overview }>;

/** Everything that deserves a look, one line for each kind. */
export const OverviewPage: FC<OverviewProps> = ({ question, answer }) => (
  <>
    <PeriodHead action={FINDINGS_PATH} question={question} incompleteBefore={answer.incompleteBefore} />
    <Table
      caption="What deserves a look"
      columns={lineColumns(question)}
      rows={answer.lines}
      empty="There is nothing here that you can see."
    />
    {answer.lines.some(({ count }) => count === undefined) && (
      <p class="soft">“Not counted”: the ledger is large, so to count it takes too long for this page.</p>
    )}
    {!usePage().reader.sight.isAuditor && (
      <p class="soft">
        You see what was refused of your own requests, and what you approved. You see access that no lease
        explains at the targets of entitlements that you own, or everywhere when the policy names you as
        security. Auditors see everything.
      </p>
    )}
  </>
);

const lineColumns = ({ given }: FindingsQuestion): readonly Column<SectionLine>[] => [
  {
    name: 'What',
    of: ({ section: { id, title, about, isWhole } }) => (
      <>
        <a href={sectionAddress(id, isWhole ? {} : given)}>{title}</a>
        <div class="soft">{about}</div>
      </>
    ),
  },
  { name: 'How many', isNumber: true, of: ({ count }) => countText(count, 'not counted') },
  {
    name: 'Newest',
    of: ({ newest }) =>
      newest === undefined ? (
        ''
      ) : (
        <>
          <Time at={newest} />
          <div class="soft">{relative(newest, usePage().now)}</div>
        </>
      ),
  },
];
