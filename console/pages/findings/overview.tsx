import type { FC } from 'hono/jsx';
import { relative, Time } from '../../parts/time.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import type { PageContext } from '../../page-context.ts';
import { PeriodHead } from './period-head.tsx';
import { FINDINGS_PATH, type FindingsQuestion, sectionAddress } from './question.ts';
import { MOST_COUNTED, type Overview, type SectionLine } from './read-findings.ts';

type OverviewProps = Readonly<{ context: PageContext; question: FindingsQuestion; answer: Overview }>;

/** Everything that deserves a look, one line for each kind. */
export const OverviewPage: FC<OverviewProps> = ({ context, question, answer }) => {
  const { isAuditor } = context.reader.sight;
  return (
    <>
      <PeriodHead
        action={FINDINGS_PATH}
        {...{ context, question }}
        incompleteBefore={answer.incompleteBefore}
      />
      <Table
        caption="What deserves a look"
        columns={lineColumns(context, question)}
        rows={answer.lines}
        empty="There is nothing here that you can see."
      />
      {isAuditor ? (
        <p class="soft">
          “On its page”: to count it, the whole ledger is read. It is counted when you open it.
        </p>
      ) : (
        <p class="soft">
          You see what was refused of your own requests, and what you approved. You see access that no lease
          explains at the targets of entitlements that you own, or everywhere when the policy names you as
          security. Auditors see everything.
        </p>
      )}
    </>
  );
};

const lineColumns = (
  { reader: { zone }, now }: PageContext,
  { given }: FindingsQuestion,
): readonly Column<SectionLine>[] => [
  {
    name: 'What',
    of: ({ section: { id, title, about, isWhole } }) => (
      <>
        <a href={sectionAddress(id, isWhole ? {} : given)}>{title}</a>
        <div class="soft">{about}</div>
      </>
    ),
  },
  {
    name: 'How many',
    isNumber: true,
    of: ({ count }) => (count === undefined ? 'on its page' : countText(count)),
  },
  {
    name: 'Newest',
    of: ({ newest }) =>
      newest === undefined ? (
        ''
      ) : (
        <>
          <Time at={newest} zone={zone} />
          <div class="soft">{relative(newest, now)}</div>
        </>
      ),
  },
];

/** A count that goes no further than `MOST_COUNTED`. */
export const countText = (count: number): string =>
  count > MOST_COUNTED ? `more than ${MOST_COUNTED.toLocaleString('en')}` : String(count);
